import { Input, NumberInput, Select } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { span } from '../useWords';
import classes from './Fields.module.css';

const units = { minutes: 1, hours: 60, days: 1_440 } as const;
type Unit = keyof typeof units;

type Props = { label: string; value: number | null; onChange: (minutes: number | null) => void; description?: string | undefined; error?: string | undefined; required?: boolean; readOnly?: boolean; aside?: ReactNode };

/** Minutes, in the unit that people think of them in. */
export function SpanInput({ label, value, onChange, description, error, required = false, readOnly = false, aside }: Props) {
  const { t } = useLang();
  const [chosen, setUnit] = useState<Unit>();
  const usual = value === null ? 'hours' : span(value).unit;
  // a unit that one chose stays, as long as the time comes out even in it
  const unit = chosen && (value === null || value % units[chosen] === 0) ? chosen : usual;
  return (
    <Input.Wrapper label={label} description={description} error={error} required={required} labelElement="div" inputWrapperOrder={['label', 'input', 'description', 'error']}>
      <div className={classes.span} role="group" aria-label={label}>
        <NumberInput
          aria-label={label}
          className="ownDirection tnum"
          min={0}
          max={999_999}
          allowDecimal={false}
          allowNegative={false}
          readOnly={readOnly}
          error={!!error}
          value={value === null ? '' : value / units[unit]}
          onChange={(next) => onChange(next === '' ? null : Number(next) * units[unit])}
        />
        <Select
          aria-label={t('workflows.span.unit')}
          data={(Object.keys(units) as Unit[]).map((one) => ({ value: one, label: t(`workflows.span.${one}`) }))}
          allowDeselect={false}
          readOnly={readOnly}
          value={unit}
          onChange={(next) => {
            if (!next) return;
            setUnit(next as Unit);
            if (value !== null) onChange((value / units[unit]) * units[next as Unit]);
          }}
        />
        {aside}
      </div>
    </Input.Wrapper>
  );
}
