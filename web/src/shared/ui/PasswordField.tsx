import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import { useLang } from '@/shared/i18n';
import classes from './PasswordField.module.css';
import { SHORTEST_PASSWORD, type Strength, strengthOf } from './strength';

type Props = PasswordInputProps & {
  /** A password to be chosen: says what is asked for, and how good the present one is. Holds what others may know. */
  choosing?: readonly string[];
};

const LEVEL: Record<Strength, number> = { short: 0, weak: 1, fair: 2, strong: 3 };

function Meter({ password, avoid }: { password: string; avoid: readonly string[] }) {
  const { t } = useLang();
  const strength = strengthOf(password, avoid);
  return (
    <span className={classes.hint}>
      <span className={classes.bars} data-level={LEVEL[strength]} aria-hidden>
        <i />
        <i />
        <i />
      </span>
      <span role="status">{strength === 'short' ? t('password.short', { count: SHORTEST_PASSWORD }) : t(`password.${strength}`)}</span>
    </span>
  );
}

/** The one field for passwords: with a button that shows it, reachable by keyboard. */
export function PasswordField({ choosing, ...props }: Props) {
  const { t } = useLang();
  const typed = String(props.value ?? '');
  return (
    <PasswordInput
      autoComplete={choosing ? 'new-password' : 'current-password'}
      visibilityToggleButtonProps={{ 'aria-label': t('password.show'), tabIndex: 0 }}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      // the library marks the frame around the field, and not the field
      aria-invalid={!!props.error}
      {...(choosing
        ? { description: typed ? <Meter password={typed} avoid={choosing} /> : t('password.hint', { count: SHORTEST_PASSWORD }) }
        : {})}
      {...props}
    />
  );
}
