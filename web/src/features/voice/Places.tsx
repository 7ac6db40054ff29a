import { Link } from '@tanstack/react-router';
import { type Permission, useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import classes from './Voice.module.css';

export const places = ['cases', 'calls', 'dashboard', 'conversation', 'settings'] as const;
export type Place = (typeof places)[number];

const addresses = {
  cases: { to: '/cases', needs: 'cases.read' },
  calls: { to: '/calls', needs: 'calls.read' },
  dashboard: { to: '/calls/dashboard', needs: 'call_workflows.read' },
  conversation: { to: '/cases/conversation', needs: 'call_workflows.read' },
  settings: { to: '/cases/settings', needs: 'call_workflows.read' },
} as const satisfies Record<Place, { to: string; needs: Permission }>;

/** The pages about one call workflow, or about all of them. */
export function Places({ place, slug }: { place: Place; slug: string | undefined }) {
  const { t } = useLang();
  const can = useCan();
  return (
    <nav className={classes.places} aria-label={t('callWorkflows.pages')}>
      {places
        .filter((one) => can(addresses[one].needs))
        .map((one) => (
          <Link key={one} to={addresses[one].to} search={slug ? { workflow: slug } : {}} data-active={one === place || undefined} aria-current={one === place ? 'page' : undefined}>
            {t(`callWorkflows.place.${one}`)}
          </Link>
        ))}
    </nav>
  );
}
