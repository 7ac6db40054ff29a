import { Select, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { countries } from '@/shared/places';
import forms from '@/shared/forms/forms.module.css';
import { useLang } from '@/shared/i18n';
import { compareText, displayName } from '@/shared/i18n/format';
import type { AddressDraft, addressParts } from './address';

type Props<D extends { address: AddressDraft }> = { form: UseFormReturnType<D>; readOnly: boolean };

/** A postal address, part by part. */
export function AddressFields<D extends { address: AddressDraft }>({ form, readOnly }: Props<D>) {
  const { t, lang } = useLang();
  const bind = (part: (typeof addressParts)[number]) => ({
    label: t(`address.${part}`),
    readOnly,
    className: 'ownDirection',
    ...form.getInputProps(`address.${part}`),
  });
  const named = countries.map((value) => ({ value, label: displayName(lang, 'region', value) })).sort((a, b) => compareText(lang, a.label, b.label));
  return (
    <>
      <TextInput {...bind('line1')} autoComplete="address-line1" />
      <TextInput {...bind('line2')} autoComplete="address-line2" />
      <div className={forms.two}>
        <TextInput {...bind('city')} autoComplete="address-level2" />
        <TextInput {...bind('region')} autoComplete="address-level1" />
      </div>
      <div className={forms.two}>
        <TextInput {...bind('postalCode')} autoComplete="postal-code" />
        <Select {...bind('country')} className="" data={named} searchable limit={countries.length} allowDeselect={false} nothingFoundMessage={t('search.nothing')} />
      </div>
    </>
  );
}
