import { Alert, Button, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useCan } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { toast } from '@/shared/ui/toast';
import { chosen, RoleField } from '../staff/RoleField';
import { type OwnRole, useArchiveRole } from './api';
import classes from './Roles.module.css';

type Props = { role: OwnRole; onBack: () => void; onDone: () => void };

/** Puts a role away; whoever holds it gets another one first, so that nobody is left without. */
export function ArchiveRole({ role, onBack, onDone }: Props) {
  const { t } = useLang();
  const textOf = useErrorText();
  const canMove = useCan()('staff.write');
  const archive = useArchiveRole();
  const [next, setNext] = useState<string>(role.basedOn);
  const held = role.members > 0;

  const run = () =>
    archive.mutate(
      { id: role.id, version: role.version, next: held ? chosen(next) : undefined },
      {
        onSuccess: () => {
          toast.done(t('roles.archived'));
          onDone();
        },
      },
    );
  return (
    <SideDrawer title={<bdi>{role.name}</bdi>} onClose={onBack}>
      <div className={forms.form}>
        {archive.isError ? (
          <Alert color="red" role="alert" py="xs">
            {textOf(archive.error)}
          </Alert>
        ) : null}
        <div className={forms.fields}>
          <Text>{t('roles.askArchive')}</Text>
          {held ? (
            <>
              <Text size="sm">{t('roles.moveFirst', { count: role.members })}</Text>
              {canMove ? <RoleField label={t('roles.moveTo')} value={next} onChange={setNext} without={role.id} disabled={archive.isPending} /> : <Text size="sm">{t('roles.moveElsewhere')}</Text>}
            </>
          ) : null}
          <Link to="/settings/staff" className={classes.link}>
            {t('nav.staff')}
          </Link>
        </div>
        <div className={forms.foot}>
          <Button variant="default" autoFocus onClick={onBack}>
            {t('action.cancel')}
          </Button>
          <Button color="red" loading={archive.isPending} disabled={held && !canMove} onClick={run}>
            {t(held ? 'roles.moveAndArchive' : 'roles.archive')}
          </Button>
        </div>
      </div>
    </SideDrawer>
  );
}
