import { UnstyledButton } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Suspense, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { unreadQuery } from './api';
import classes from './Bell.module.css';
import { NoticesDrawer } from './lazy';

/** Where mails about notices lead. */
const HASH = '#notices';
/** More than this are not counted out. */
const MOST = 99;

export function Bell() {
  const { t } = useLang();
  const { data: unread = 0 } = useQuery(unreadQuery);
  const [open, setOpen] = useState(location.hash === HASH);
  const label = unread > MOST ? t('notices.unread.many', { most: MOST }) : t(unread ? 'notices.unread' : 'notices', { count: unread });
  return (
    <>
      <UnstyledButton className={classes.bell} aria-label={label} onClick={() => setOpen(true)}>
        <IconBell size={20} stroke={1.7} aria-hidden />
        {unread ? <span className={classes.count} dir="ltr">{unread > MOST ? `${MOST}+` : unread}</span> : null}
      </UnstyledButton>
      <Suspense>{open ? <NoticesDrawer onClose={() => setOpen(false)} /> : null}</Suspense>
    </>
  );
}
