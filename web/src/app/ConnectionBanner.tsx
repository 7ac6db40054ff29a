import { IconCloudOff } from '@tabler/icons-react';
import { connectionLost } from '@/shared/api/connection';
import { useLang } from '@/shared/i18n';
import { useStore } from '@/shared/store';
import classes from './ConnectionBanner.module.css';

/** Calm on purpose: the page stays usable, and there is nothing for the person to do. */
export function ConnectionBanner() {
  const { t } = useLang();
  const lost = useStore(connectionLost);
  return (
    <div role="status" className={classes.region}>
      {lost ? (
        <div className={classes.banner}>
          <IconCloudOff size={16} stroke={1.8} aria-hidden />
          <span>{t('connection.lost')}</span>
        </div>
      ) : null}
    </div>
  );
}
