import { Alert, Button } from '@mantine/core';
import { IconCopy, IconLock } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import forms from '@/shared/forms/forms.module.css';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import type { PermissionName } from '../permissions';
import type { AnyRole } from './draft';
import { RightsList } from './RightsList';
import { useRoleName } from './useRoleName';

type Props = { role: AnyRole; all: readonly PermissionName[]; onClose: () => void; onCopy: (() => void) | undefined };

/** What a role of the table may: to read, and to begin one's own from. */
export function BuiltInDrawer({ role, all, onClose, onCopy }: Props) {
  const { t } = useLang();
  const nameOf = useRoleName();
  return (
    <SideDrawer title={nameOf(role)} onClose={onClose}>
      <div className={forms.form}>
        <Alert color="gray" variant="light" icon={<IconLock />} py="xs">
          {t('roles.builtInText')}
        </Alert>
        <div className={forms.fields}>
          <RightsList all={all} value={role.permissions} />
        </div>
        <div className={forms.foot}>
          {onCopy ? (
            <Button variant="default" leftSection={<IconCopy size={16} />} onClick={onCopy}>
              {t('roles.copy')}
            </Button>
          ) : null}
          <Button variant="default" onClick={onClose}>
            {t('action.close')}
          </Button>
        </div>
      </div>
    </SideDrawer>
  );
}
