import { Button, Title, UnstyledButton } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDate } from '@/shared/i18n/format';
import { onRowKeys } from '@/shared/ui/rowKeys';
import type { Names } from '../useNames';
import { wishesQuery } from '../waitlist/api';
import { timesText } from '../waitlist/wishText';
import classes from './Record.module.css';

const WishDrawer = lazy(() => import('../waitlist/WishDrawer').then((m) => ({ default: m.WishDrawer })));

type Props = { patientId: string; names: Names; mayAdd: boolean };

/** What the patient waits for. */
export function Waits({ patientId, names, mayAdd }: Props) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const may = useCan()('waitlist.write') && mayAdd;
  const [drawer, setDrawer] = useState<{ id?: string }>();
  const wishes = useInfiniteQuery(wishesQuery({ patientId })).data?.pages.flatMap((page) => page.items);
  return (
    <section aria-label={t('waitlist.record.title')}>
      <div className={classes.head}>
        <Title order={2}>{t('waitlist.record.title')}</Title>
        {may ? (
          <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setDrawer({})}>
            {t('waitlist.wish.new')}
          </Button>
        ) : null}
      </div>
      {wishes?.length ? (
        <ul className={classes.rows} aria-label={t('waitlist.record.title')} onKeyDown={onRowKeys}>
          {wishes.map((wish) => (
            <li key={wish.id}>
              <UnstyledButton data-row={wish.id} className={classes.row} onClick={() => setDrawer({ id: wish.id })}>
                <span className={classes.when}>
                  <b>{formatDate(lang, timeZone, wish.createdAt)}</b>
                  {wish.urgent ? <span>{t('waitlist.urgent')}</span> : null}
                </span>
                <span className={classes.what}>
                  <span className={classes.service}>
                    <bdi>{names.serviceName(wish.serviceId)}</bdi>
                  </span>
                  <span>{timesText(t, lang, wish)}</span>
                </span>
              </UnstyledButton>
            </li>
          ))}
        </ul>
      ) : null}
      <Suspense>{drawer ? <WishDrawer patientId={patientId} {...drawer} onClose={() => setDrawer(undefined)} /> : null}</Suspense>
    </section>
  );
}
