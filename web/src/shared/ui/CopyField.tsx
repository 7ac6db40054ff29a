import { Button, TextInput } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useLang } from '@/shared/i18n';
import classes from './CopyField.module.css';

const SAID_MS = 2_500;

/** Copies text; where the browser forbids it (plain http), `select` marks the text so that the person can. */
export function useCopy(select?: () => void) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      select?.();
    }
  };
  return { copied, copy };
}

/** A button that says when it has copied. */
export function CopyButton({ text, label, select, size = 'sm' }: { text: string; label?: string; select?: () => void; size?: string }) {
  const { t } = useLang();
  const { copied, copy } = useCopy(select);
  return (
    <Button
      variant="default"
      size={size}
      leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
      onClick={() => void copy(text)}
      aria-live="polite"
    >
      {copied ? t('action.copied') : (label ?? t('action.copy'))}
    </Button>
  );
}

/** Something long that is taken elsewhere: a secret, a link, a key. */
export function CopyField({ label, description, value }: { label: string; description?: string; value: string }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className={classes.row}>
      <TextInput
        ref={input}
        label={label}
        description={description}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={value}
        readOnly
        dir="ltr"
        classNames={{ root: classes.field ?? '', input: classes.text ?? '' }}
        onFocus={(event) => event.currentTarget.select()}
      />
      <CopyButton text={value} select={() => input.current?.select()} />
    </div>
  );
}
