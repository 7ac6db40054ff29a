import { Select } from '@mantine/core';
import { useState } from 'react';
import { useLang } from '@/shared/i18n';
import classes from './Fields.module.css';
import { SpanInput } from './SpanInput';

type Props = { label: string; value: number; onChange: (minutes: number) => void; error?: string | undefined; readOnly: boolean };

/** How long before a date, or after it. */
export function OffsetInput({ label, value, onChange, error, readOnly }: Props) {
  const { t } = useLang();
  // nothing before is nothing after as well
  const [side, setSide] = useState<'before' | 'after'>(value > 0 ? 'after' : 'before');
  const shown = value < 0 ? 'before' : value > 0 ? 'after' : side;
  const signed = (minutes: number, on: 'before' | 'after') => (on === 'before' && minutes ? -minutes : minutes);
  return (
    <div className={classes.group} data-field="offsetMinutes">
      <SpanInput label={label} value={Math.abs(value)} error={error} readOnly={readOnly} onChange={(minutes) => onChange(signed(minutes ?? 0, shown))} />
      <Select
        aria-label={t('workflows.offset.side')}
        data={(['before', 'after'] as const).map((one) => ({ value: one, label: t(`workflows.offset.${one}`) }))}
        value={shown}
        allowDeselect={false}
        readOnly={readOnly}
        onChange={(next) => {
          setSide(next as 'before' | 'after');
          onChange(signed(Math.abs(value), next as 'before' | 'after'));
        }}
      />
    </div>
  );
}
