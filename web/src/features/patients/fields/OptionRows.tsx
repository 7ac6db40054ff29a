import { ActionIcon, Button, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconArchive, IconArchiveOff, IconPlus, IconTrash } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import { useIntoLast } from '@/shared/forms/useIntoLast';
import classes from '../PatientForm.module.css';
import { type Draft, emptyOption } from './draft';

/** What can be chosen, in both languages. One that patients may have already is put away instead of removed. */
export function OptionRows({ form, readOnly }: { form: UseFormReturnType<Draft>; readOnly: boolean }) {
  const { t } = useLang();
  const { ref, go } = useIntoLast();
  const add = () => {
    form.insertListItem('options', emptyOption());
    go();
  };
  return (
    <div className={classes.group} ref={ref} role="group" aria-label={t('fields.options')}>
      <span className={classes.label} aria-hidden>
        {t('fields.options')}
      </span>
      {form.values.options.map((option, i) => {
        const what = t('fields.option', { n: i + 1 });
        const put = option.archived ? t('fields.useOption', { what }) : t('fields.archiveOption', { what });
        return (
          <div key={i} className={classes.row} data-archived={option.archived || undefined}>
            <TextInput {...form.getInputProps(`options.${i}.name`)} data-entry aria-label={what} readOnly={readOnly} disabled={option.archived} maxLength={80} className={`${classes.grow} ownDirection`} />
            <TextInput {...form.getInputProps(`options.${i}.nameAr`)} aria-label={t('fields.optionAr', { n: i + 1 })} readOnly={readOnly} disabled={option.archived} lang="ar" maxLength={80} className={`${classes.grow} ownDirection`} />
            {readOnly ? null : option.key ? (
              <ActionIcon variant="subtle" color="gray" size={36} aria-label={put} title={put} onClick={() => form.setFieldValue(`options.${i}.archived`, !option.archived)}>
                {option.archived ? <IconArchiveOff size={17} stroke={1.7} /> : <IconArchive size={17} stroke={1.7} />}
              </ActionIcon>
            ) : (
              <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('patients.removeOne', { what })} onClick={() => form.removeListItem('options', i)}>
                <IconTrash size={17} stroke={1.7} />
              </ActionIcon>
            )}
          </div>
        );
      })}
      {readOnly ? null : (
        <Button variant="subtle" size="xs" className={classes.add ?? ''} leftSection={<IconPlus size={14} />} onClick={add}>
          {t('fields.addOption')}
        </Button>
      )}
    </div>
  );
}
