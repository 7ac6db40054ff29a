import { IconCheck } from '@tabler/icons-react';
import { useId } from 'react';
import { useLang } from '@/shared/i18n';
import classes from './colours.module.css';
import { type Colour, colours } from './colour';

/** Where things are told apart by colour; the name always stands beside it. */
export const ColourDot = ({ colour }: { colour: Colour }) => <span className={classes.dot} data-colour={colour} aria-hidden />;

type Props = { value: Colour; onChange: (colour: Colour) => void; readOnly: boolean };

/** Real radio buttons under the swatches: arrow keys and screen readers work by themselves. */
export function ColourField({ value, onChange, readOnly }: Props) {
  const { t } = useLang();
  const name = useId();
  return (
    <fieldset className={classes.group}>
      <legend>{t('field.colour')}</legend>
      <div className={classes.row}>
        {colours.map((colour) => (
          <label key={colour} className={classes.choice} data-colour={colour} title={t(`colour.${colour}`)}>
            <input
              type="radio"
              name={name}
              aria-label={t(`colour.${colour}`)}
              checked={value === colour}
              disabled={readOnly && value !== colour}
              onChange={() => onChange(colour)}
            />
            <span>
              <IconCheck size={16} stroke={2.4} aria-hidden />
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
