import { UnstyledButton } from '@mantine/core';
import { useLang } from '@/shared/i18n';
import { byArea, type PermissionName, usePermissionWords } from '../permissions';
import type { AnyRole } from './draft';
import { Mark } from './RightsList';
import classes from './Roles.module.css';
import { useRoleName } from './useRoleName';

type Props = { roles: readonly AnyRole[]; all: readonly PermissionName[]; onOpen: (role: AnyRole) => void };

/** Rights down, roles across. The heads stay in sight, and each role's opens it. */
export function Matrix({ roles, all, onOpen }: Props) {
  const { t } = useLang();
  const { say, sayArea } = usePermissionWords();
  const nameOf = useRoleName();
  return (
    // it can be scrolled with the arrow keys
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={t('roles.matrix')}>
      <table className={classes.matrix}>
        <thead>
          <tr>
            <th scope="col" className={classes.corner}>
              {t('roles.right')}
            </th>
            {roles.map((role) => (
              <th key={role.key} scope="col" data-own={!!role.own || undefined}>
                <UnstyledButton className={classes.head} onClick={() => onOpen(role)}>
                  <bdi className={classes.headName}>{nameOf(role)}</bdi>
                  {role.own ? <span className={classes.headSub}>{t('roles.members', { count: role.own.members })}</span> : null}
                </UnstyledButton>
              </th>
            ))}
          </tr>
        </thead>
        {byArea(all).map(({ area, names }) => (
          <tbody key={area}>
            <tr className={classes.areaRow}>
              <th scope="rowgroup" className={classes.first}>
                {sayArea(area)}
              </th>
              <td colSpan={roles.length} />
            </tr>
            {names.map((name) => (
              <tr key={name}>
                <th scope="row" className={classes.first}>
                  {say(name)}
                </th>
                {roles.map((role) => (
                  <td key={role.key} data-own={!!role.own || undefined}>
                    <Mark on={role.permissions.includes(name)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}
