import { Text, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconMinus } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import { byArea, type PermissionName, usePermissionWords } from '../permissions';
import classes from './Roles.module.css';

export function Mark({ on }: { on: boolean }) {
  const { t } = useLang();
  return (
    <span className={classes.mark} data-on={on || undefined}>
      {on ? <IconCheck size={16} stroke={2.4} aria-hidden /> : <IconMinus size={14} stroke={1.6} aria-hidden />}
      <VisuallyHidden>{t(on ? 'roles.yes' : 'roles.no')}</VisuallyHidden>
    </span>
  );
}

/** What one role may and may not, to read. */
export function RightsList({ all, value }: { all: readonly PermissionName[]; value: readonly PermissionName[] }) {
  const { t } = useLang();
  const { say, sayArea } = usePermissionWords();
  return (
    <div className={classes.areas}>
      {byArea(all).map(({ area, names }) => (
        <section key={area} className={classes.area}>
          <h2 className={classes.areaName}>{sayArea(area)}</h2>
          <ul className={classes.rights}>
            {names.map((name) => (
              <li key={name} data-on={value.includes(name) || undefined}>
                <Mark on={value.includes(name)} />
                <span>{say(name)}</span>
              </li>
            ))}
          </ul>
        </section>
      ))}
      <Text size="xs" c="var(--text-dim)">
        {t('roles.always')}
      </Text>
    </div>
  );
}
