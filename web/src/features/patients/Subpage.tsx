import { IconChevronLeft } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';
import { useLang } from '@/shared/i18n';
import lists from '@/shared/ui/ListPage.module.css';
import { PageHeader } from '@/shared/ui/Page';
import { useShortcuts } from '@/shared/ui/shortcuts';
import classes from './Subpage.module.css';

/** What pages lie under, and how the way there is called. */
const ups = { '/patients': 'patients.back', '/patients/imports': 'imports.back' } as const;
type Up = keyof typeof ups;

type BackProps = { to?: Up; onClick?: (event: MouseEvent) => void };

/** The way up from a page. */
export function BackLink({ to = '/patients', onClick }: BackProps) {
  const { t } = useLang();
  return (
    <Link to={to} search={{}} className={classes.back} {...(onClick ? { onClick } : {})}>
      <IconChevronLeft size={17} stroke={1.8} aria-hidden />
      {t(ups[to])}
    </Link>
  );
}

type Props = {
  up?: Up;
  /** Missing while it is not known what the page is about. */
  title?: string | undefined;
  sub?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
};

/** A page under the list of patients or under another page: the way back, its head and its content. */
export function Subpage({ up = '/patients', title, children, ...head }: Props) {
  const navigate = useNavigate();
  useShortcuts([{ key: 'Backspace', label: ups[up], run: () => void navigate({ to: up, search: {} }), shown: ['⌫'] }]);
  return (
    <div className={lists.page}>
      <div className={classes.backRow}>
        <BackLink to={up} />
      </div>
      {title === undefined ? null : <PageHeader title={title} {...head} />}
      <div className={classes.inset}>{children}</div>
    </div>
  );
}
