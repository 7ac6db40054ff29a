import { Button } from '@mantine/core';
import { IconBell, IconMail, IconMessage2, IconPaperclip, IconRobot } from '@tabler/icons-react';
import { useState } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime, formatTime } from '@/shared/i18n/format';
import type { Message } from '../api';
import { Acts } from '../Acts';
import { directionOf } from '../direction';
import { StateMark } from '../StateMark';
import { useMessageWords } from '../words';
import classes from './Conversation.module.css';

const icons = { sms: IconMessage2, email: IconMail };
const LONG = 420;

/** One message as it was written, what became of it, and what can be done about that, unless it was sent again. */
export function Bubble({ message, repeated = false }: { message: Message; repeated?: boolean }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const words = useMessageWords();
  const maySend = useCan()('messages.send');
  const Icon = icons[message.channel];
  const incoming = message.direction === 'in';
  const dir = directionOf(message.text, message.language);
  const source = words.source(message);
  const waits = message.state === 'queued' && Date.parse(message.notBefore) > Date.now();
  const reason = incoming ? words.understood(message) : message.state === 'unknown' ? t('messages.doubt') : message.reason ? words.reason(message.reason) : undefined;
  return (
    <li className={classes.message} data-direction={message.direction} data-message={message.state}>
      <div className={classes.bubble} data-channel={message.channel} aria-label={t(incoming ? 'messages.fromPatient' : 'messages.fromPractice')} role="group">
        {message.subject ? (
          <b className={classes.subject} dir={dir}>
            {message.subject}
          </b>
        ) : null}
        <Text text={message.text} dir={dir} />
        {message.attachments.length ? (
          <ul className={classes.files}>
            {message.attachments.map((file) => (
              <li key={file.id}>
                <IconPaperclip size={14} aria-hidden /> <bdi>{file.name}</bdi>
              </li>
            ))}
          </ul>
        ) : null}
      </div>
      <div className={classes.under}>
        <span className={classes.meta}>
          <Icon size={14} stroke={1.8} role="img" aria-label={t(`messages.channel.${message.channel}`)} />
          <time dateTime={message.createdAt} title={formatDateTime(lang, timeZone, message.createdAt)} className="tnum">
            {formatTime(lang, timeZone, message.createdAt)}
          </time>
          {source ? (
            <span className={classes.source}>
              {message.source === 'rule' ? <IconBell size={13} aria-hidden /> : <IconRobot size={13} aria-hidden />}
              {source}
            </span>
          ) : null}
          {incoming ? null : <StateMark state={message.state} />}
          {message.test ? <span>{t('messages.test')}</span> : null}
        </span>
        {waits ? <span className={classes.why}>{t('messages.goesOut', { time: formatDateTime(lang, timeZone, message.notBefore) })}</span> : null}
        {reason ? (
          <span className={classes.why} data-bad={message.state === 'failed' || message.state === 'bounced' || message.state === 'suppressed' || undefined}>
            {reason}
          </span>
        ) : null}
        {maySend && !repeated ? <Acts message={message} /> : null}
      </div>
    </li>
  );
}

/** Long ones are opened when somebody wants to. */
function Text({ text, dir }: { text: string; dir: string }) {
  const { t } = useLang();
  const [all, setAll] = useState(false);
  const long = text.length > LONG;
  return (
    <>
      <p className={classes.text} dir={dir} data-cut={(long && !all) || undefined}>
        {text}
      </p>
      {long ? (
        <Button variant="subtle" size="compact-xs" color="gray" aria-expanded={all} onClick={() => setAll(!all)}>
          {t(all ? 'messages.showLess' : 'messages.showAll')}
        </Button>
      ) : null}
    </>
  );
}
