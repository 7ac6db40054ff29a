import { ActionIcon, Textarea } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useState } from 'react';
import { useLang } from '@/shared/i18n';
import classes from './Say.module.css';

type Props = {
  label: string;
  disabled?: boolean;
  /** False when it could not be said: then it stays. */
  onSay: (text: string) => boolean;
};

/** Characters of a line: the server takes 2000 bytes, of which a character has three at most that people type. */
const LONGEST = 650;

/** A line that is written instead of spoken. */
export function Say({ label, disabled = false, onSay }: Props) {
  const { t } = useLang();
  const [text, setText] = useState('');
  const send = () => {
    const words = text.trim();
    if (words && !disabled && onSay(words)) setText('');
  };
  return (
    <div className={classes.say}>
      <Textarea
        className={`${classes.field} ownDirection`}
        aria-label={label}
        placeholder={label}
        autosize
        minRows={1}
        maxRows={5}
        maxLength={LONGEST}
        dir="auto"
        disabled={disabled}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <ActionIcon size={36} aria-label={t('calls.say.send')} title={t('calls.say.send')} disabled={disabled || !text.trim()} onClick={send}>
        <IconSend size={17} className={classes.arrow} />
      </ActionIcon>
    </div>
  );
}
