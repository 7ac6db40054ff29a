import { IconPlayerPause, IconRoute } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import type { Transport } from '../api';
import calls from '../Calls.module.css';
import type { Conversation } from '../conversation';
import { plainWord } from '../words';
import classes from './Talk.module.css';

/** How a call stands right now: the connection, where in its flow it is, whether it waits on hold, who speaks for the practice. */
export function Where({ now, transport }: { now: Conversation | undefined; transport: Transport }) {
  const { t } = useLang();
  return (
    <div className={calls.under}>
      <span>{t(`calls.transport.${transport}`)}</span>
      <span role="status">{now ? t(`calls.phase.${now.phase}`) : ''}</span>
      {now?.node ? (
        <span className={classes.where} title={t('calls.node')}>
          <IconRoute size={13} aria-hidden />
          <bdi>{plainWord(now.node)}</bdi>
        </span>
      ) : null}
      {now?.hold ? (
        <span className={classes.where} data-hold>
          <IconPlayerPause size={13} aria-hidden />
          {t('calls.hold')}
        </span>
      ) : null}
      {now?.taken ? <span className={classes.where}>{t('calls.taken')}</span> : null}
    </div>
  );
}
