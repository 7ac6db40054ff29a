import { Textarea } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useLang } from '@/shared/i18n';

type Props = { label: string; value: unknown; onChange: (value: unknown) => void; description?: string | undefined; error?: string | undefined; required?: boolean; readOnly?: boolean };

const shown = (value: unknown) => (value === null || value === undefined ? '' : JSON.stringify(value, null, 2));
const readable = (text: string): unknown => {
  try {
    return text.trim() ? JSON.parse(text) : null;
  } catch {
    return undefined;
  }
};

/** For those who know what they write: JSON as it is stored, taken over as soon as it can be read. */
export function JsonField({ label, value, onChange, description, error, required = false, readOnly = false }: Props) {
  const { t } = useLang();
  const [text, setText] = useState(() => shown(value));
  const told = useRef(JSON.stringify(value));
  useEffect(() => {
    if (JSON.stringify(value) === told.current) return;
    told.current = JSON.stringify(value);
    setText(shown(value));
  }, [value]);
  const broken = readable(text) === undefined;
  return (
    <Textarea
      label={label}
      description={description}
      error={broken ? t('workflows.json.broken') : error}
      required={required}
      readOnly={readOnly}
      autosize
      minRows={4}
      maxRows={14}
      spellCheck={false}
      dir="ltr"
      styles={{ input: { fontFamily: 'monospace', fontSize: 12.5 } }}
      value={text}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        const read = readable(next);
        if (read === undefined) return;
        told.current = JSON.stringify(read);
        onChange(read);
      }}
    />
  );
}
