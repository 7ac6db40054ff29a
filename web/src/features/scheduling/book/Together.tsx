import { Button, MultiSelect, type MultiSelectProps } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useLang } from '@/shared/i18n';
import { type Names, withChosen } from '../useNames';
import classes from './Book.module.css';

/** So many may take part besides the main one, and so many chairs and rooms may be taken. */
const MOST_OTHERS = 4;
const MOST_ROOMS = 5;

type Props = {
  names: Names;
  serviceId: string | null;
  locationId: string | null;
  /** Who is the main one, and therefore none of them. */
  main: string | null;
  value: string[];
  readOnly?: boolean;
  onChange: (ids: string[]) => void;
};

/** Who else takes part: behind a button until somebody does. */
export function Together({ names, serviceId, locationId, main, value, readOnly = false, onChange }: Props) {
  const { t } = useLang();
  const [open, setOpen] = useState(value.length > 0);
  const choices = names.personChoices(serviceId, locationId).filter((one) => one.value !== main);
  if (!open)
    return readOnly || !choices.length ? null : (
      <Button variant="subtle" size="compact-sm" className={classes.enter ?? ''} leftSection={<IconPlus size={15} stroke={1.8} />} onClick={() => setOpen(true)}>
        {t('scheduling.book.together.add')}
      </Button>
    );
  return (
    <MultiSelect
      label={t('scheduling.book.together')}
      // opened by the button, which is gone
      autoFocus={!value.length}
      defaultDropdownOpened={!value.length}
      data={withChosen(choices, value, names.personName)}
      value={value}
      readOnly={readOnly}
      searchable
      clearable
      hidePickedOptions
      maxValues={MOST_OTHERS}
      nothingFoundMessage={t('search.nothing')}
      onChange={onChange}
    />
  );
}

type ChairsProps = Omit<MultiSelectProps, 'data'> & { names: Names; locationId: string | null; value: string[]; placeholder: string };

/** In which chairs and rooms; what stands there for none is what becomes of it then. */
export function Chairs({ names, locationId, value, placeholder, ...rest }: ChairsProps) {
  const { t } = useLang();
  return (
    <MultiSelect
      {...rest}
      data={withChosen(names.roomChoices(locationId), value, names.roomName)}
      value={value}
      placeholder={value.length ? '' : placeholder}
      searchable
      clearable
      hidePickedOptions
      maxValues={MOST_ROOMS}
      nothingFoundMessage={t('search.nothing')}
    />
  );
}
