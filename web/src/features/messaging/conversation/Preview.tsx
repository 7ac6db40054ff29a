import { Alert, Button } from '@mantine/core';
import { IconBan, IconClock, IconSend } from '@tabler/icons-react';
import { phoneText } from '@/features/patients/person';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
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

/** In words, whether it reaches the patient, and when. */
function Reach({ composing }: { composing: Composing }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const { reason } = useMessageWords();
  const { draft, preview, by } = composing;
  const other = otherChannel(draft.channel);
  if (!preview) return null;
  const { hindrance, waitsUntil, address } = preview;
  if (hindrance && !waitsUntil)
    return (
      <Alert color="red" py="xs" icon={<IconBan />} role="status" title={t('messages.compose.never')} data-hindrance={hindrance}>
        {reason(hindrance)}
        <div className={classes.instead}>
          <Button size="compact-sm" variant="light" color="red" onClick={() => by(other)}>
            {t('messages.compose.other', { channel: t(`messages.channel.${other}`) })}
          </Button>
        </div>
      </Alert>
    );
  return (
    <p className={classes.reach} role="status" data-reach>
      {draft.at || waitsUntil ? <IconClock size={15} aria-hidden /> : <IconSend size={15} aria-hidden className={classes.plane} />}
      <span>
        {address ? t('messages.compose.to', { address: `\u2066${draft.channel === 'sms' ? phoneText(address) : address}\u2069` }) : null}
        {waitsUntil ? ` · ${t('messages.compose.waits', { time: formatDateTime(lang, timeZone, waitsUntil) })}` : null}
      </span>
    </p>
  );
}
