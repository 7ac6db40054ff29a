import { Autocomplete, Select, Text, TextInput, UnstyledButton } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { ReactNode } from 'react';
import { useLang } from '@/shared/i18n';
import { ColourField } from './ColourField';
import { type Draft, type Field, vatCategories } from './draft';
import { fieldLabels } from './labels';
import classes from './ServiceDrawer.module.css';

type Props = {
  form: UseFormReturnType<Draft>;
  currency: string;
  categories: string[];
  readOnly: boolean;
  /** What I had typed into fields that now show somebody else's value. */
  mine: Partial<Draft>;
  onUseMine: (field: Field) => void;
};

/** The fields only; loading, saving and conflicts are the drawer's. */
export function ServiceForm({ form, currency, categories, readOnly, mine, onUseMine }: Props) {
  const { t } = useLang();
  const shown = (field: Field, value: Draft[Field]) =>
    field === 'vatCategory' ? t(`vat.${value as Draft['vatCategory']}`) : field === 'colour' ? t(`colour.${value as Draft['colour']}`) : value;
  const wasMine = (field: Field): ReactNode => {
    const value = mine[field];
    if (value === undefined) return undefined;
    return (
      <span className={classes.mine}>
        {t('services.conflict.mine')} <bdi>{value === '' ? t('services.conflict.nothing') : shown(field, value)}</bdi>
        {' · '}
        <UnstyledButton className={classes.useMine} onClick={() => onUseMine(field)} aria-label={t('services.conflict.useMineOf', { field: t(fieldLabels[field]) })}>
          {t('services.conflict.useMine')}
        </UnstyledButton>
      </span>
    );
  };
  const bind = (field: Field) => ({
    label: t(fieldLabels[field]),
    readOnly,
    description: wasMine(field),
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[],
    ...form.getInputProps(field),
  });
  const unit = (text: string) => (
    <Text span size="xs" c="var(--text-dim)">
      {text}
    </Text>
  );
  const minutes = { inputMode: 'numeric', rightSection: unit(t('unit.min')), rightSectionWidth: 48, rightSectionPointerEvents: 'none', className: 'ownDirection tnum' } as const;

  return (
    <div className={classes.fields}>
      <TextInput {...bind('nameEn')} lang="en" className="ownDirection" data-autofocus />
      <TextInput {...bind('nameAr')} lang="ar" className="ownDirection" />
      <div className={classes.two}>
        <TextInput {...bind('code')} className="ownDirection" spellCheck={false} />
        <Autocomplete {...bind('category')} className="ownDirection" data={categories} />
      </div>
      <div className={classes.two}>
        <TextInput {...bind('durationMinutes')} {...minutes} />
        <TextInput
          {...bind('price')}
          inputMode="decimal"
          autoComplete="off"
          className="ownDirection tnum"
          rightSection={unit(currency)}
          rightSectionWidth={52}
          rightSectionPointerEvents="none"
        />
      </div>
      <div className={classes.two}>
        <TextInput {...bind('bufferBeforeMinutes')} {...minutes} />
        <TextInput {...bind('bufferAfterMinutes')} {...minutes} />
      </div>
      <Select {...bind('vatCategory')} data={vatCategories.map((value) => ({ value, label: t(`vat.${value}`) }))} allowDeselect={false} />
      <div>
        <ColourField value={form.values.colour} onChange={(c) => form.setFieldValue('colour', c)} readOnly={readOnly} />
        {mine.colour === undefined ? null : <Text size="xs">{wasMine('colour')}</Text>}
      </div>
    </div>
  );
}
