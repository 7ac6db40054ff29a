import { Alert, Button } from '@mantine/core';
import { IconBan, IconClock, IconSend } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { patientQuery } from '@/features/patients/api';
import { phoneText } from '@/features/patients/person';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import type { Channel } from '../api';
import { Rendered } from '../templates/Rendered';
import { otherChannel, useMessageWords } from '../words';
import classes from './Composer.module.css';
import type { Composing } from './useComposer';

/** What the patient will get, whether they will, and what it costs: as the server says while one writes. */
export function Preview({ composing }: { composing: Composing }) {
  const { t } = useLang();
  return (
    <section className={classes.preview} aria-label={t('messages.compose.preview')}>
      <span className={classes.label}>{t('messages.compose.preview')}</span>
      <Rendered channel={composing.draft.channel} text={composing.preview} waits={t('messages.compose.previewWaits')} />
      <Reach composing={composing} />
    </section>
  );
}

/** The address that is used: the one to use first. */
function useAddress(patientId: string, channel: Channel) {
  const patient = useQuery(patientQuery(patientId)).data;
  if (channel === 'email') return (patient?.emails.find((one) => one.preferred) ?? patient?.emails[0])?.address;
  const phone = (patient?.phones.find((one) => one.preferred) ?? patient?.phones[0])?.number;
  return phone && phoneText(phone);
}

/** In words, whether it reaches the patient, and when. */
function Reach({ composing }: { composing: Composing }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const { reason } = useMessageWords();
  const { draft, reach, by, patientId } = composing;
  const address = useAddress(patientId, draft.channel);
  const other = otherChannel(draft.channel);
  if (!reach) return null;
  if (!reach.reached)
    return (
      <Alert color="red" py="xs" icon={<IconBan />} role="status" title={t('messages.compose.never')} data-hindrance={reach.reason}>
        {reach.reason ? reason(reach.reason) : null}
        <div className={classes.instead}>
          <Button size="compact-sm" variant="light" color="red" onClick={() => by(other)}>
            {t('messages.compose.other', { channel: t(`messages.channel.${other}`) })}
          </Button>
        </div>
      </Alert>
    );
  // a time of one's own is judged when it comes; quiet hours move what falls into them
  const waits = draft.at ? undefined : reach.notBefore;
  return (
    <p className={classes.reach} role="status" data-reach>
      {draft.at || waits ? <IconClock size={15} aria-hidden /> : <IconSend size={15} aria-hidden className={classes.plane} />}
      <span>
        {address ? t('messages.compose.to', { address: `\u2066${address}\u2069` }) : null}
        {waits ? ` · ${t('messages.compose.waits', { time: formatDateTime(lang, timeZone, waits) })}` : null}
        {draft.at ? ` · ${t('messages.compose.laterText')}` : null}
      </span>
    </p>
  );
}
