import { UnstyledButton } from '@mantine/core';
import { useLang } from '@/shared/i18n';
import type { Language } from '../api';
import classes from './Templates.module.css';
import { sampleOf, variableName, variables, variableText } from './variables';

type Props = {
  language: Language;
  /** Without a visit nothing can be said of it. */
  withVisit?: boolean;
  onPick: (text: string) => void;
};

/** What can stand in a text, each with a sample: pressing one inserts it. */
export function Variables({ language, withVisit = true, onPick }: Props) {
  const words = useLang();
  const { t } = words;
  return (
    <div className={classes.variables} role="group" aria-label={t('messages.templates.variables')}>
      {variables
        .filter((name) => withVisit || !/^(appointment|visit)\./.test(name))
        .map((name) => (
          <UnstyledButton
            key={name}
            className={classes.variable}
            title={sampleOf(name, language)}
            aria-label={t('messages.variable.insert', { name: variableName(words, name) })}
            // the text keeps the place where one was writing
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onPick(variableText(name))}
          >
            {variableName(words, name)}
          </UnstyledButton>
        ))}
    </div>
  );
}
