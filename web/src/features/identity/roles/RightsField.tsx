import { Checkbox, Text } from '@mantine/core';
import { byArea, type PermissionName, usePermissionWords } from '../permissions';
import { useLang } from '@/shared/i18n';
import { tick } from './draft';
import classes from './Roles.module.css';

type Props = { all: readonly PermissionName[]; mine: readonly string[]; value: readonly PermissionName[]; onChange: (next: PermissionName[]) => void; disabled: boolean };

/** Rights to tick, by area; an area's own box does all of it. What one does not have cannot be given. */
export function RightsField({ all, mine, value, onChange, disabled }: Props) {
  const { t } = useLang();
  const { say, sayArea } = usePermissionWords();
  return (
    <div className={classes.areas}>
      {byArea(all).map(({ area, names }) => {
        const mayGive = names.filter((name) => mine.includes(name));
        const on = names.filter((name) => value.includes(name));
        const whole = mayGive.length > 0 && mayGive.every((name) => value.includes(name));
        return (
          <fieldset key={area} className={classes.area}>
            <legend className={classes.legend}>
              <Checkbox
                checked={whole}
                indeterminate={!whole && on.length > 0}
                disabled={disabled || mayGive.length === 0}
                label={sayArea(area)}
                aria-label={t('roles.everything', { area: sayArea(area) })}
                onChange={() => onChange(tick(all, value, mayGive, !whole))}
              />
            </legend>
            {names.map((name) => (
              <Checkbox
                key={name}
                checked={value.includes(name)}
                disabled={disabled || !mine.includes(name)}
                label={say(name)}
                description={mine.includes(name) || disabled ? undefined : t('roles.notMine')}
                onChange={(e) => onChange(tick(all, value, [name], e.currentTarget.checked))}
              />
            ))}
          </fieldset>
        );
      })}
      <Text size="xs" c="var(--text-dim)">
        {t('roles.always')}
      </Text>
    </div>
  );
}
