import { Alert, Button } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { hasCode } from '@/shared/api/problem';
import { useCan, useSession } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDate, formatDateTime } from '@/shared/i18n/format';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { toast } from '@/shared/ui/toast';
import { type Member, type Step, useChangeMember, useMemberStep } from './api';
import { chosen, RoleField, valueOf } from './RoleField';
import classes from './Staff.module.css';

/** One member: what they are, and whether they can come in. Suspending and removing are asked about first. */
export function MemberDrawer({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const textOf = useErrorText();
  const canWrite = useCan()('staff.write');
  const change = useChangeMember();
  const step = useMemberStep();
  // what the form began with; a later state waits for the person to look at it
  const [base, setBase] = useState(member);
  const [newer, setNewer] = useState<Member>();
  const [role, setRole] = useState(valueOf(member));
  const [asking, setAsking] = useState<'suspend' | 'remove'>();
  const [refusal, setRefusal] = useState<string>();
  const busy = change.isPending || step.isPending;

  const refused = (error: unknown) => {
    setAsking(undefined);
    if (hasCode(error, 'version.stale') && error.problem.current) return setNewer(error.problem.current as Member);
    setRefusal(textOf(error));
  };
  const save = () => {
    setRefusal(undefined);
    change.mutateAsync({ id: base.id, body: { version: base.version, ...chosen(role) } }).then(() => {
      toast.done(t('staff.saved'));
      onClose();
    }, refused);
  };
  const take = (what: Step) => {
    setRefusal(undefined);
    step.mutateAsync({ step: what, id: base.id, version: base.version }).then(() => {
      toast.done(t(`staff.done.${what}`));
      onClose();
    }, refused);
  };
  const load = () => {
    if (!newer) return;
    setBase(newer);
    setRole(valueOf(newer));
    setNewer(undefined);
  };

  return (
    <SideDrawer title={<bdi>{base.name}</bdi>} onClose={onClose}>
      <div className={forms.form}>
        {newer ? (
          <Alert color="yellow" variant="light" icon={<IconUsers />} title={t('staff.conflict')} role="alert">
            <Button size="xs" variant="default" onClick={load}>
              {t('staff.conflict.load')}
            </Button>
          </Alert>
        ) : null}
        {refusal ? (
          <Alert color="red" role="alert" py="xs">
            {refusal}
          </Alert>
        ) : null}
        <div className={forms.fields}>
          <dl className={classes.facts}>
            {base.email ? (
              <>
                <dt>{t('identity.email')}</dt>
                <dd>
                  <bdi className="ltr">{base.email}</bdi>
                </dd>
                <dt>{t('staff.seen')}</dt>
                <dd>{base.lastSeenAt ? formatDateTime(lang, practice.timeZone, base.lastSeenAt) : t('staff.neverSeen')}</dd>
                <dt>{t('staff.secondFactor')}</dt>
                <dd>{t(base.secondFactor ? 'staff.secondFactor.on' : 'staff.secondFactor.off')}</dd>
              </>
            ) : null}
            <dt>{t('staff.joined')}</dt>
            <dd>{formatDate(lang, practice.timeZone, base.joinedAt)}</dd>
          </dl>
          <RoleField value={role} onChange={setRole} current={base.customRole} disabled={!canWrite || busy || !!newer} />
        </div>
        <div className={forms.foot}>
          {!canWrite ? (
            <Button variant="default" onClick={onClose}>
              {t('action.close')}
            </Button>
          ) : asking ? (
            <>
              <span className={forms.ask} role="alert">
                {t(`staff.ask.${asking}`)}
              </span>
              <Button variant="default" autoFocus onClick={() => setAsking(undefined)}>
                {t('action.cancel')}
              </Button>
              <Button color="red" loading={busy} onClick={() => take(asking)}>
                {t(`staff.${asking}`)}
              </Button>
            </>
          ) : (
            <>
              <Button variant="subtle" color="red" disabled={busy || !!newer} onClick={() => setAsking('remove')}>
                {t('staff.remove')}
              </Button>
              {base.status === 'suspended' ? (
                <Button variant="default" loading={busy} disabled={!!newer} onClick={() => take('restore')}>
                  {t('staff.restore')}
                </Button>
              ) : (
                <Button variant="default" disabled={busy || !!newer} onClick={() => setAsking('suspend')}>
                  {t('staff.suspend')}
                </Button>
              )}
              <Button loading={change.isPending} disabled={!!newer || role === valueOf(base)} onClick={save}>
                {t('action.save')}
              </Button>
            </>
          )}
        </div>
      </div>
    </SideDrawer>
  );
}
