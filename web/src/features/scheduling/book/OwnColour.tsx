import { Checkbox } from '@mantine/core';
import { useLang } from '@/shared/i18n';
import type { Colour } from '@/shared/ui/colour';
import { ColourField } from '@/shared/ui/ColourField';

type Props = { value: Colour | null; usual: Colour; onChange: (colour: Colour | null) => void };

/** A colour of its own, or the service's. */
export function OwnColour({ value, usual, onChange }: Props) {
  const { t } = useLang();
  return (
    <>
      <Checkbox checked={value !== null} onChange={(e) => onChange(e.currentTarget.checked ? usual : null)} label={t('scheduling.book.ownColour')} />
      {value ? <ColourField value={value} onChange={onChange} readOnly={false} /> : null}
    </>
  );
}
