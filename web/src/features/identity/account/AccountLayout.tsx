import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useLang } from '@/shared/i18n';
import { PageHeader } from '@/shared/ui/Page';
import classes from './Account.module.css';

const pages = [
  { to: '/account', label: 'account.profile' },
  { to: '/account/security', label: 'account.security' },
  { to: '/account/sessions', label: 'account.sessions' },
] as const;

/** One's own account, in every practice the same. */
export function AccountLayout() {
  const { t } = useLang();
  const path = useRouterState({ select: (s) => s.location.pathname.replace(/\/$/, '') });
  return (
    <>
      <PageHeader title={t('account.title')} />
      <nav aria-label={t('account.title')} className={classes.tabs}>
        {pages.map(({ to, label }) => (
          <Link key={to} to={to} className={classes.tab} data-active={path === to || undefined} aria-current={path === to ? 'page' : undefined}>
            {t(label)}
          </Link>
        ))}
      </nav>
      <div className={classes.page}>
        <Outlet />
      </div>
    </>
  );
}
