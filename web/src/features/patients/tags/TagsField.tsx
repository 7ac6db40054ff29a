import { MultiSelect, type MultiSelectProps } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSendKey } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { colours } from '@/shared/ui/colour';
import { ColourDot } from '@/shared/ui/ColourField';
import { toast } from '@/shared/ui/toast';
import { tags } from '../api';
import classes from '../Patients.module.css';

const NEW = 'new';

type Props = Omit<MultiSelectProps, 'data' | 'value' | 'onChange'> & { value?: string[]; onChange?: (ids: string[]) => void; readOnly: boolean };

/** Tags to choose from; a word that is none yet becomes one. */
export function TagsField({ value = [], onChange, readOnly, ...rest }: Props) {
  const { t } = useLang();
  const textOf = useErrorText();
  const all = useQuery(tags.listQuery).data ?? [];
  const create = tags.useCreate();
  const keyOf = useSendKey();
  const [typed, setTyped] = useState('');
  const word = typed.trim();
  const known = all.some((tag) => tag.name.toLowerCase() === word.toLowerCase());
  const data = all.map((tag) => ({ value: tag.id, label: tag.name }));

  const make = async () => {
    // one after the other, so that tags made in passing differ
    const body = { name: word, colour: colours[(all.length + 1) % colours.length]! };
    try {
      const tag = await create.mutateAsync({ body, key: keyOf(body) });
      onChange?.([...value, tag.id]);
    } catch (error) {
      toast.failed(textOf(error));
    }
  };

  return (
    <MultiSelect
      {...rest}
      readOnly={readOnly}
      searchable
      hidePickedOptions
      maxLength={40}
      placeholder={value.length || readOnly ? '' : t('patients.tags.add')}
      data={word && !known && !readOnly ? [...data, { value: NEW, label: t('patients.tags.make', { name: word }) }] : data}
      // a tag that was deleted meanwhile has no name any more
      value={value.filter((id) => all.some((tag) => tag.id === id))}
      onChange={(ids) => {
        setTyped('');
        if (ids.includes(NEW)) void make();
        else onChange?.(ids);
      }}
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage={t('search.nothing')}
      renderOption={({ option }) => {
        const tag = all.find((one) => one.id === option.value);
        return (
          <span className={classes.tags}>
            {tag ? <ColourDot colour={tag.colour} /> : null}
            <bdi>{option.label}</bdi>
          </span>
        );
      }}
    />
  );
}
