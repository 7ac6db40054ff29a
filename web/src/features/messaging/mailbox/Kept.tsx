import { Button, TextInput } from '@mantine/core';
import { IconArrowBack, IconPaperclip, IconSend } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { phoneText } from '@/features/patients/person';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import type { Message } from '../api';
import { directionOf } from '../direction';
import { StateMark } from '../StateMark';
import { usePretendBounce, usePretendReply } from './api';
import { Headers } from './Headers';
import { Linked } from './Linked';
import classes from './Mailbox.module.css';

/** A message as the patient would see it, and what they could do about it. */
export function Kept({ message }: { message: Message }) {
  const maySend = useCan()('messages.send');
  const out = ['sent', 'delivered', 'opened', 'replied'].includes(message.state);
  return (
    <article className={classes.kept} data-kept={message.channel}>
      <StateMark state={message.state} />
      {message.channel === 'email' ? <Mail message={message} /> : <Phone message={message} />}
      {message.channel === 'email' ? <Headers id={message.id} /> : null}
      {maySend && out ? <Pretend message={message} /> : null}
    </article>
  );
}

/** A mail, with its head. */
function Mail({ message }: { message: Message }) {
  const { t } = useLang();
  const { practice } = useSession();
  return (
    <div className={classes.mail} lang={message.language}>
      <h2 dir={directionOf(message.text, message.language)}>{message.subject || t('messages.noSubject')}</h2>
      <dl className={classes.head}>
        <div>
          <dt>{t('messages.mailbox.from')}</dt>
          <dd>
            <bdi>{practice.name}</bdi>
          </dd>
        </div>
        <div>
          <dt>{t('messages.mailbox.to')}</dt>
          <dd>
            <bdi className="ltr">{message.address}</bdi>
          </dd>
        </div>
        {message.replyTo ? (
          <div>
            <dt>{t('messages.compose.replyTo')}</dt>
            <dd>
              <bdi className="ltr">{message.replyTo}</bdi>
            </dd>
          </div>
        ) : null}
      </dl>
      <div className={classes.body} dir={directionOf(message.text, message.language)}>
        <Linked text={message.text} />
      </div>
      {message.attachments.length ? (
        <ul className={classes.files}>
          {message.attachments.map((file) => (
            <li key={file.id}>
              <IconPaperclip size={15} aria-hidden /> <bdi>{file.name}</bdi>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

/** A text message, on a telephone. */
function Phone({ message }: { message: Message }) {
  const { practice } = useSession();
  return (
    <div className={classes.phone}>
      <div className={classes.screen}>
        <span className={classes.sender}>
          <bdi>{practice.name}</bdi>
          <small>
            <bdi className="ltr tnum">{phoneText(message.address)}</bdi>
          </small>
        </span>
        <p className={classes.bubble} dir={directionOf(message.text, message.language)} lang={message.language}>
          <Linked text={message.text} />
        </p>
      </div>
    </div>
  );
}

/** What the other side would do. */
function Pretend({ message }: { message: Message }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const [reply, bounce] = [usePretendReply(), usePretendBounce()];
  const [text, setText] = useState('');
  const refused = (error: unknown) => toast.failed(textOf(error));
  const say = (words: string) =>
    reply.mutateAsync({ messageId: message.id, text: words }).then(() => {
      setText('');
      toast.done(t('messages.mailbox.replied'));
    }, refused);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim()) void say(text.trim());
  };
  const quick = [t('messages.mailbox.say.yes'), t('messages.mailbox.say.no'), t('messages.mailbox.say.stop')];
  return (
    <div className={classes.pretend}>
      {message.channel === 'sms' ? (
        <form className={classes.reply} onSubmit={submit} aria-label={t('messages.mailbox.reply')}>
          <div className={classes.quick} role="group" aria-label={t('messages.mailbox.reply')}>
            {quick.map((words) => (
              <Button key={words} variant="default" size="compact-sm" radius="xl" disabled={reply.isPending} onClick={() => void say(words)}>
                {words}
              </Button>
            ))}
          </div>
          <div className={classes.write}>
            <TextInput aria-label={t('messages.mailbox.replyText')} placeholder={t('messages.mailbox.replyText')} dir="auto" maxLength={1600} value={text} onChange={(event) => setText(event.currentTarget.value)} />
            <Button type="submit" variant="light" leftSection={<IconSend size={16} className={classes.plane} />} disabled={!text.trim()} loading={reply.isPending}>
              {t('messages.mailbox.replyGo')}
            </Button>
          </div>
        </form>
      ) : null}
      <Button
        variant="subtle"
        color="gray"
        leftSection={<IconArrowBack size={16} />}
        loading={bounce.isPending}
        onClick={() => void bounce.mutateAsync(message.id).then(() => toast.done(t('messages.mailbox.bounced')), refused)}
      >
        {t('messages.mailbox.bounce')}
      </Button>
    </div>
  );
}
