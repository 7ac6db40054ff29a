import { Select, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { Failed } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import { callWorkflows } from '../api';
import { agentsQuery, type Retell, speaksQuery, useSetSpeaks } from './api';
import classes from './Calling.module.css';

const NOBODY = '';

/** Which agent of Retell speaks for which call workflow; whoever has none is called by the practice's own conversations. */
export function RetellAgents({ settings, canWrite }: { settings: Retell; canWrite: boolean }) {
  const { t, lang } = useLang();
  const textOf = useErrorText();
  const workflows = useQuery(callWorkflows.listQuery);
  const speaks = useQuery(speaksQuery);
  const agents = useQuery(agentsQuery(settings.provider));
  const set = useSetSpeaks();
  const failed = workflows.error ?? speaks.error ?? agents.error;
  if (failed) return <Failed error={failed} retry={() => void Promise.all([workflows.refetch(), speaks.refetch(), agents.refetch()])} />;
  if (!workflows.data || !speaks.data || !agents.data) return <Skeleton h={90} />;
  const { items, version } = speaks.data;
  const choose = (callWorkflowId: string, agentId: string) => {
    const others = items.filter((one) => one.callWorkflowId !== callWorkflowId);
    const chosen = agentId === NOBODY ? [] : [{ callWorkflowId, agentId, agentName: agents.data.find((one) => one.id === agentId)?.name ?? null }];
    set.mutate({ version, items: [...others, ...chosen] }, { onSuccess: () => toast.done(t('form.saved')), onError: (error) => toast.failed(textOf(error)) });
  };
  const choices = [{ value: NOBODY, label: t('calling.ownConversation') }, ...agents.data.map((one) => ({ value: one.id, label: one.name ?? one.id }))];
  return (
    <div className={classes.form}>
      {workflows.data.map((workflow) => (
        <Select
          key={workflow.id}
          label={(lang === 'ar' && workflow.nameAr) || workflow.name}
          data={choices}
          value={items.find((one) => one.callWorkflowId === workflow.id)?.agentId ?? NOBODY}
          allowDeselect={false}
          disabled={!canWrite || set.isPending}
          onChange={(next) => choose(workflow.id, next ?? NOBODY)}
        />
      ))}
    </div>
  );
}
