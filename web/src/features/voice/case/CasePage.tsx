import { ActionIcon, Alert, Menu, Skeleton, Title } from '@mantine/core';
import { IconArrowBackUp, IconChevronLeft, IconDots, IconTrash, IconUserOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate, useRouter, useRouterState } from '@tanstack/react-router';
import type { MouseEvent } from 'react';
import { hasCode } from '@/shared/api/problem';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import { localName } from '@/shared/names';
import { Gate } from '@/shared/ui/Gate';
import { Empty, Failed } from '@/shared/ui/Page';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { useUndoable } from '@/shared/ui/useUndoable';
import { type CallWorkflow, callWorkflows } from '../api';
import { type Case, caseQuery, useSetDeleted } from '../cases/api';
import { CaseMark } from '../marks';
import { useCaseTitle } from '../useCaseTitle';
import { CallButtons } from './CallButtons';
import { CallsCard } from './CallsCard';
import classes from './Case.module.css';
import { FieldsCard } from './FieldsCard';
import { HistoryCard } from './HistoryCard';
import { PatientCard } from './PatientCard';

const route = getRouteApi('/inside/cases/$id');

export function CasePage() {
  return (
    // a tab that named somebody would end up in histories and on shared screens
    <Gate title="cases.one" needs="cases.read">
      <Loaded />
    </Gate>
  );
}

/** Back to the list as it was left, when one came from it. */
function useBack(slug: string | undefined) {
  const router = useRouter();
  const fromList = useRouterState({ select: (s) => !!s.location.state.fromList });
  const back = () => (fromList ? router.history.back() : void router.navigate({ to: '/cases', search: slug ? { workflow: slug } : {} }));
  const onClick = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    back();
  };
  return { back, onClick };
}

function Loaded() {
  const { t } = useLang();
  const { id } = route.useParams();
  const one = useQuery(caseQuery(id));
  const workflows = useQuery(callWorkflows.listQuery);
  const workflow = workflows.data?.find(({ id: other }) => other === one.data?.callWorkflowId);
  const { back, onClick } = useBack(workflow?.slug);
  const failed = [one, workflows].find((query) => query.isError && !query.data);
  useShortcuts([
    { key: 'Backspace', label: 'cases.back', run: back, shown: ['⌫'] },
    { key: 'Escape', label: 'cases.back', run: back, shown: ['Esc'] },
  ]);
  return (
    <div className={classes.page}>
      <Link to="/cases" search={workflow ? { workflow: workflow.slug } : {}} className={classes.back} onClick={onClick}>
        <IconChevronLeft size={17} stroke={1.8} aria-hidden />
        {t('cases.back')}
      </Link>
      {one.data && workflow ? (
        <Record one={one.data} workflow={workflow} />
      ) : hasCode(one.error, 'not_found') ? (
        <Empty icon={<IconUserOff size={26} stroke={1.6} />} title={t('cases.gone')} text={t('cases.goneText')} />
      ) : failed ? (
        <Failed error={failed.error} retry={() => void failed.refetch()} />
      ) : (
        <div className={classes.column}>
          <Skeleton h={56} w={320} />
          <Skeleton h={260} radius={12} />
        </div>
      )}
    </div>
  );
}

function Record({ one, workflow }: { one: Case; workflow: CallWorkflow }) {
  const { t, lang } = useLang();
  const can = useCan();
  const { timeZone } = useSession().practice;
  const titleOf = useCaseTitle();
  const mayWrite = can('cases.write') && !one.deletedAt;
  return (
    <>
      <div className={classes.head}>
        <div className={classes.names}>
          <Title order={1}>
            <bdi>{titleOf(workflow, one)}</bdi>
          </Title>
          <div className={classes.facts}>
            <CaseMark status={one.callStatus} />
            <bdi>{localName(workflow, lang)}</bdi>
            <span>{t('cases.calls', { count: one.calls })}</span>
            {one.lastCallAt ? <span className="tnum">{t('cases.lastCall', { date: formatDateTime(lang, timeZone, one.lastCallAt) })}</span> : null}
          </div>
        </div>
        <div className={classes.actions}>
          {one.deletedAt ? null : <CallButtons one={one} workflow={workflow} />}
          {can('cases.write') ? <MoreMenu one={one} /> : null}
        </div>
      </div>
      {one.deletedAt ? (
        <Alert color="red" variant="light" icon={<IconTrash />} title={t('cases.deletedAt', { date: formatDateTime(lang, timeZone, one.deletedAt) })} mb="md">
          {t('cases.deletedText')}
        </Alert>
      ) : null}
      <div className={classes.cards}>
        <div className={classes.column}>
          <FieldsCard one={one} fields={workflow.fields} mayWrite={mayWrite} />
        </div>
        <div className={classes.column}>
          {can('patients.read') ? <PatientCard one={one} mayWrite={mayWrite} /> : null}
          {can('calls.read') ? <CallsCard caseId={one.id} /> : null}
          <HistoryCard one={one} />
        </div>
      </div>
    </>
  );
}

function MoreMenu({ one }: { one: Case }) {
  const { t } = useLang();
  const navigate = useNavigate();
  const setDeleted = useSetDeleted();
  const undoable = useUndoable();
  const remove = () => undoable(() => setDeleted(one, true), t('cases.deleted'), (now) => setDeleted(now, false));
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={t('cases.actions')}>
          <IconDots size={18} stroke={1.7} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {one.deletedAt ? (
          <Menu.Item leftSection={<IconArrowBackUp size={16} />} onClick={() => void undoable(() => setDeleted(one, false), t('cases.restored'), (now) => setDeleted(now, true))}>
            {t('action.restore')}
          </Menu.Item>
        ) : (
          <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => void remove().then(() => navigate({ to: '/cases', search: {} }))}>
            {t('cases.delete')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
