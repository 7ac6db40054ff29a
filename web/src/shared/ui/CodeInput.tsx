import { TextInput, type TextInputProps } from '@mantine/core';
import { digitsOf } from '@/shared/i18n/digits';
import classes from './CodeInput.module.css';

export const CODE_LENGTH = 6;

/** The digits of what was typed or pasted: "123 456" and "١٢٣٤٥٦" are codes as well. */
export const codeOf = (text: string) => digitsOf(text).slice(0, CODE_LENGTH);

type Props = Omit<TextInputProps, 'value' | 'onChange'> & {
  value: string;
  onChange: (code: string) => void;
  /** Called once when the last digit is there, so that nobody has to press a button. */
  onComplete?: (code: string) => void;
};

/** One field and not six: phones fill it in from a message, and screen readers read one thing. */
export function CodeInput({ value, onChange, onComplete, ...props }: Props) {
  return (
    <TextInput
      inputMode="numeric"
      autoComplete="one-time-code"
      spellCheck={false}
      dir="ltr"
      classNames={{ input: classes.code ?? '' }}
      {...props}
      value={value}
      onChange={(event) => {
        const code = codeOf(event.currentTarget.value);
        onChange(code);
        if (code.length === CODE_LENGTH && code !== value) onComplete?.(code);
      }}
    />
  );
}
