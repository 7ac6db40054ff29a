import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useIntoLast } from '@/shared/forms/useIntoLast';
import { useLang } from '@/shared/i18n';
import { type ChoiceDraft, emptyChoice } from './fieldDraft';
import classes from './Settings.module.css';

type Props = { options: ChoiceDraft[]; onChange: (options: ChoiceDraft[]) => void; error: string | undefined; readOnly: boolean };

/** What can be chosen, in both languages. What a choice is kept as stays, whatever it is called. */
export function OptionRows({ options, onChange, error, readOnly }: Props) {
  const { t } = useLang();
  const { ref, go } = useIntoLast();
  const set = (at: number, more: Partial<ChoiceDraft>) => onChange(options.map((option, i) => (i === at ? { ...option, ...more } : option)));
  const add = () => {
    onChange([...options, emptyChoice()]);
    go();
  };
  return (
    <div ref={ref}>
      <fieldset className={classes.options}>
        <legend>{t('callWorkflows.options')}</legend>
        {options.map((option, i) => {
          const what = t('callWorkflows.option', { n: i + 1 });
          return (
            <div key={i} className={classes.option}>
              <TextInput data-entry aria-label={what} placeholder={what} value={option.en} onChange={(event) => set(i, { en: event.currentTarget.value })} error={i === 0 ? error : undefined} readOnly={readOnly} maxLength={80} className={`${classes.grow} ownDirection`} />
              <TextInput aria-label={t('callWorkflows.optionAr', { n: i + 1 })} placeholder={t('callWorkflows.optionAr', { n: i + 1 })} value={option.ar} onChange={(event) => set(i, { ar: event.currentTarget.value })} readOnly={readOnly} lang="ar" maxLength={80} className={`${classes.grow} ownDirection`} />
              {readOnly ? null : (
                <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('callWorkflows.removeOption', { what })} onClick={() => onChange(options.filter((_, at) => at !== i))}>
                  <IconTrash size={17} stroke={1.7} />
                </ActionIcon>
              )}
            </div>
          );
        })}
        {readOnly ? null : (
          <Button variant="subtle" size="xs" className={classes.add ?? ''} leftSection={<IconPlus size={14} />} onClick={add}>
            {t('callWorkflows.addOption')}
          </Button>
        )}
      </fieldset>
    </div>
  );
}
