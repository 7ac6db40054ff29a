import { Button, Skeleton, UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import { Failed } from '@/shared/ui/Page';
import { type Template, type Texts, versionsQuery } from '../api';
import classes from './Templates.module.css';

type Props = { template: Template; onUse: ((texts: Texts) => void) | undefined };

/** What a template said before; any of it can be taken up again. */
export function Versions({ template, onUse }: Props) {
  const { t } = useLang();
  const [open, setOpen] = useState(false);
  return (
    <div className={classes.versions}>
      <UnstyledButton className={classes.reveal} aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconChevronRight size={16} className={classes.chevron} aria-hidden />
        {t('messages.templates.versions')}
      </UnstyledButton>
      {open ? <List template={template} onUse={onUse} /> : null}
    </div>
  );
}

function List({ template, onUse }: Props) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const list = useQuery(versionsQuery(template.id));
  if (list.error && !list.data) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (!list.data) return <Skeleton h={80} />;
  return (
    <ol className={classes.history}>
      {list.data.map((one) => (
        <li key={one.number}>
          <div className={classes.when}>
            <b>{t('messages.templates.version', { number: one.number })}</b>
            <time dateTime={one.at} className="tnum">
              {formatDateTime(lang, timeZone, one.at)}
            </time>
            {one.number === template.number ? <span>{t('messages.templates.present')}</span> : null}
          </div>
          <p dir="auto">{lang === 'ar' ? one.texts.textAr : one.texts.textEn}</p>
          {onUse && one.number !== template.number ? (
            <Button size="compact-sm" variant="light" onClick={() => onUse(one.texts)}>
              {t('messages.templates.useVersion')}
            </Button>
          ) : null}
        </li>
      ))}
    </ol>
  );
}
