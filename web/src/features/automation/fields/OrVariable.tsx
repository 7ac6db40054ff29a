import { CloseButton, Input } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLang } from '@/shared/i18n';
import type { Field } from '../blocks';
import { useBuilder } from '../builder/useBuilder';
import { fitting, variableIn, written } from '../variables';
import classes from './Fields.module.css';
import { VariableMenu } from './VariableMenu';

type Props = {
  label: string;
  /** Of what form the variable must be. */
  wanted: Pick<Field, 'kind' | 'of' | 'many'>;
  value: unknown;
  onChange: (value: unknown) => void;
  variables: readonly Field[];
  description?: string | undefined;
  error?: string | undefined;
  required?: boolean;
  readOnly?: boolean;
  /** How a value is entered that is none. */
  children: (aside: ReactNode) => ReactNode;
};

/** Something fixed, or what an earlier step or the trigger has given. */
export function OrVariable({ label, wanted, value, onChange, variables, description, error, required = false, readOnly = false, children }: Props) {
  const { t } = useLang();
  const { words } = useBuilder();
  const path = variableIn(value);
  const fits = fitting(variables, wanted);
  const menu = readOnly || !fits.length ? null : <VariableMenu label={label} variables={fits} onPick={(field) => onChange(written({ path: field.key }))} />;
  if (!path) return children(menu);
  return (
    <Input.Wrapper label={label} description={description} error={error} required={required} labelElement="div" inputWrapperOrder={['label', 'input', 'description', 'error']}>
      <div className={classes.textRow} data-error={!!error || undefined}>
        <div className={classes.textBox}>
          <span className={classes.chip}>
            <bdi>{words.variable(path)}</bdi>
          </span>
        </div>
        {readOnly ? null : <CloseButton size={28} aria-label={t('workflows.variables.clear', { field: label })} onClick={() => onChange(null)} />}
        {menu}
      </div>
    </Input.Wrapper>
  );
}
