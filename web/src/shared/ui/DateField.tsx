import { TextInput, type TextInputProps } from '@mantine/core';
import { useLang } from '@/shared/i18n';
import { formatDay, formatHijri } from '@/shared/i18n/format';

type Props = Omit<TextInputProps, 'value' | 'onChange' | 'type'> & { value: string; onChange: (day: string) => void; hijri?: boolean };

const WHOLE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * A day, picked or typed. The browser's own picker writes it as the device does; underneath it stands in the language
 * of the page, with the weekday, and where wanted with the Hijri day.
 */
export function DateField({ value, onChange, description, hijri = false, ...rest }: Props) {
  const { lang } = useLang();
  const said = WHOLE.test(value) ? [formatDay(lang, value), hijri ? formatHijri(lang, value) : null].filter(Boolean).join(' · ') : undefined;
  return (
    <TextInput
      type="date"
      min="2000-01-01"
      max="2150-12-31"
      {...rest}
      className="ownDirection tnum"
      description={description ?? said}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      value={value}
      onChange={(e) => onChange(e.currentTarget.value)}
    />
  );
}
