import { Alert, Button, Group, Modal, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ApiProblem, hasCode } from '@/shared/api/problem';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { diffQuery, useWorkflows, versionsQuery } from '../api';
import { type Placed, placed, type Problem } from '../problems';
import type { Key } from '../tree';
import type { Draft } from './Bar';
import classes from './Builder.module.css';
import { Changes } from './Changes';
import { ProblemList } from './ProblemsPanel';
import { useBuilder } from './useBuilder';

type Props = { draft: Draft; onProblem: (key: Key | null, field: string) => void; onClose: () => void };

/** What will be different from then on, before it is. */
export function PublishDialog({ draft, onProblem, onClose }: Props) {
  const { t } = useLang();
  const textOf = useErrorText();
  const { workflow, definition, words, problems } = useBuilder();
  const { publish } = useWorkflows();
  const [ready, setReady] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const [refused, setRefused] = useState<Placed[]>([]);
  const faults = problems.filter(({ severity }) => severity === 'error');
  const wrong = faults.length ? faults : refused;

  // what is compared is what the server has
  useEffect(() => {
    void draft
      .flush()
      .then(() => setReady(true))
      .catch((error: unknown) => setRefusal(textOf(error)));
  }, []);

  const go = async () => {
    setBusy(true);
    setRefusal(undefined);
    try {
      draft.seen(await publish(workflow.id, await draft.flush()));
      toast.done(t('workflows.published', { name: workflow.name }));
      onClose();
    } catch (error) {
      const found = error instanceof ApiProblem && error.problem.status === 422 ? (error.problem.errors ?? []) : [];
      if (found.length) setRefused(placed(definition, found.map((one): Problem => ({ ...one, severity: 'error' }))));
      else setRefusal(hasCode(error, 'version.stale') ? t('workflows.conflict.text') : textOf(error));
      setBusy(false);
    }
  };

  return (
    <Modal opened onClose={onClose} size={560} title={t(workflow.publishedVersion ? 'workflows.publish.changes' : 'workflows.publish')} closeButtonProps={{ 'aria-label': t('action.close') }}>
      {wrong.length ? (
        <>
          <p className={classes.hint}>{t('workflows.publish.wrong')}</p>
          <ProblemList problems={wrong} onGo={onProblem} />
        </>
      ) : (
        <>
          <p className={classes.sentence}>{t('workflows.publish.from', { trigger: words.trigger(definition.trigger) })}</p>
          {workflow.publishedVersion ? ready ? <Difference /> : <Skeleton h={120} /> : <p className={classes.hint}>{t('workflows.publish.first', { count: words.steps().length })}</p>}
          <p className={classes.hint}>{t('workflows.publish.runs')}</p>
        </>
      )}
      {refusal ? (
        <Alert color="red" role="alert" py="xs" mt="sm">
          {refusal}
        </Alert>
      ) : null}
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button data-autofocus onClick={() => void go()} loading={busy} disabled={!ready || !!faults.length}>
          {t('workflows.publish')}
        </Button>
      </Group>
    </Modal>
  );
}

function Difference() {
  const { workflow, definition, blocks } = useBuilder();
  const diff = useQuery({ ...diffQuery(workflow.id), staleTime: 0 });
  const versions = useQuery(versionsQuery(workflow.id)).data;
  if (!diff.data || !versions) return <Skeleton h={120} />;
  const before = versions.find((one) => one.number === workflow.publishedVersion);
  return <Changes changes={diff.data.changes} blocks={blocks} before={before?.definition} after={definition} />;
}
