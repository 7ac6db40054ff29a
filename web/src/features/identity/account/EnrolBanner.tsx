import { IconShieldLock } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useLang } from '@/shared/i18n';
import { formatLongDate } from '@/shared/i18n/format';
import classes from './EnrolBanner.module.css';

/** Says in time that a second factor will be demanded, and from when. */
export function EnrolBanner({ by, timeZone }: { by: string; timeZone: string }) {
  const { t, lang } = useLang();
  return (
    <div className={classes.banner} role="status">
      <IconShieldLock size={20} stroke={1.7} aria-hidden />
      <span className={classes.text}>{t('enrol.banner', { date: formatLongDate(lang, timeZone, by) })}</span>
      <Link to="/account/security" className={classes.link}>
        {t('enrol.setUp')}
      </Link>
    </div>
  );
}
