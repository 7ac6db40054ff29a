import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconAlertTriangle, IconArrowBackUp, IconArrowForwardUp, IconChevronLeft, IconCopy, IconDots, IconHistory, IconListCheck, IconPencil, IconPlayerPause, IconTestPipe, IconTrash, IconUserPlus, IconWand } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { isMac } from '@/shared/ui/shortcuts';
import { toast } from '@/shared/ui/toast';
import { useWorkflows } from '../api';
import frame from '../canvas/Frame.module.css';
import { StatusBadge } from '../StatusBadge';
import classes from './Builder.module.css';
import type { useAutosave } from './useAutosave';
import { useBuilder } from './useBuilder';

export type Panel = 'problems' | 'publish' | 'versions' | 'rehearsal' | 'test' | 'start' | 'details' | 'delete';
export type Draft = ReturnType<typeof useAutosave>;
type Props = { draft: Draft; onPanel: (panel: Panel) => void };

/** The name, how it stands, and what can be done with all of it. */
export function Bar({ draft, onPanel }: Props) {
  const { t } = useLang();
  const { workflow, problems, readOnly } = useBuilder();
  const can = useCan();
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return (
    <div className={frame.bar}>
      <ActionIcon variant="subtle" color="gray" size={34} component={Link} to="/workflows" aria-label={t('workflows.back')}>
        <IconChevronLeft size={20} stroke={1.8} className={frame.back} />
      </ActionIcon>
      <div className={frame.titles}>
        <h1 className={frame.name}>
          <bdi className="cut">{workflow.name}</bdi>
        </h1>
        <div className={frame.state}>
          <StatusBadge status={workflow.status} />
          <span role="status" data-saving={draft.saving}>
            {readOnly ? t('form.readOnly') : t(`workflows.saving.${draft.saving}`)}
          </span>
        </div>
      </div>
      {readOnly ? null : <Travel />}
      {problems.length ? (
        <Button variant="default" className={classes.problemsButton} data-errors={errors > 0 || undefined} leftSection={<IconAlertTriangle size={16} />} onClick={() => onPanel('problems')}>
          {t('workflows.problems', { count: problems.length })}
        </Button>
      ) : null}
      <ActionIcon title={t('workflows.rehearse')} variant="default" size={36} visibleFrom="sm" aria-label={t('workflows.rehearse')} onClick={() => onPanel('rehearsal')}>
        <IconWand size={17} stroke={1.7} />
      </ActionIcon>
      <ActionIcon title={t('workflows.runs')} variant="default" size={36} visibleFrom="sm" aria-label={t('workflows.runs')} renderRoot={(props) => <Link {...props} to="/workflows/runs" search={{ workflow: workflow.id }} />}>
        <IconListCheck size={17} stroke={1.7} />
      </ActionIcon>
      <More draft={draft} onPanel={onPanel} />
      {can('workflows.publish') ? (
        <Button onClick={() => onPanel('publish')} disabled={workflow.status === 'published' && !workflow.hasChanges && draft.saving === 'saved'}>
          {t(workflow.status === 'published' ? 'workflows.publish.changes' : 'workflows.publish')}
        </Button>
      ) : null}
    </div>
  );
}

function Travel() {
  const { t } = useLang();
  const { editor, dispatch } = useBuilder();
  const mod = isMac() ? '⌘' : 'Ctrl';
  return (
    <ActionIcon.Group className={classes.travel ?? ''} visibleFrom="sm">
      <ActionIcon title={`${t('action.undo')} (${mod} Z)`} variant="default" size={36} aria-label={t('action.undo')} disabled={!editor.past.length} onClick={() => dispatch({ do: 'undo' })}>
        <IconArrowBackUp size={17} stroke={1.7} />
      </ActionIcon>
      <ActionIcon title={`${t('action.redo')} (${mod} Shift Z)`} variant="default" size={36} aria-label={t('action.redo')} disabled={!editor.future.length} onClick={() => dispatch({ do: 'redo' })}>
        <IconArrowForwardUp size={17} stroke={1.7} />
      </ActionIcon>
    </ActionIcon.Group>
  );
}

function More({ draft, onPanel }: Props) {
  const { t } = useLang();
  const can = useCan();
  const navigate = useNavigate();
  const textOf = useErrorText();
  const { workflow, definition, readOnly } = useBuilder();
  const { unpublish, duplicate } = useWorkflows();
  const attempt = (work: () => Promise<unknown>) => void work().catch((error: unknown) => toast.failed(textOf(error)));
  const copy = async () => {
    await draft.flush();
    const made = await duplicate(workflow.id);
    await navigate({ to: '/workflows/$id', params: { id: made.id } });
  };
  const stop = async () => {
    draft.seen(await unpublish(workflow.id, await draft.flush()));
    toast.done(t('workflows.unpublished'));
  };
  const runs = can('workflows.run');
  const byHand = runs && workflow.status === 'published' && definition.trigger?.kind === 'hand';
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={t('workflows.more')}>
          <IconDots size={17} stroke={1.7} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {byHand ? (
          <Menu.Item leftSection={<IconUserPlus size={16} />} onClick={() => onPanel('start')}>
            {t('workflows.start')}
          </Menu.Item>
        ) : null}
        {runs ? (
          <Menu.Item leftSection={<IconTestPipe size={16} />} onClick={() => onPanel('test')}>
            {t('workflows.test')}
          </Menu.Item>
        ) : null}
        <Menu.Item leftSection={<IconWand size={16} />} onClick={() => onPanel('rehearsal')} hiddenFrom="sm">
          {t('workflows.rehearse')}
        </Menu.Item>
        <Menu.Item leftSection={<IconListCheck size={16} />} onClick={() => void navigate({ to: '/workflows/runs', search: { workflow: workflow.id } })} hiddenFrom="sm">
          {t('workflows.runs')}
        </Menu.Item>
        <Menu.Item leftSection={<IconHistory size={16} />} onClick={() => onPanel('versions')}>
          {t('workflows.versions')}
        </Menu.Item>
        {readOnly ? null : (
          <>
            <Menu.Divider />
            <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => onPanel('details')}>
              {t('workflows.details')}
            </Menu.Item>
            <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => attempt(copy)}>
              {t('workflows.duplicate')}
            </Menu.Item>
          </>
        )}
        {can('workflows.publish') && workflow.status === 'published' ? (
          <Menu.Item leftSection={<IconPlayerPause size={16} />} onClick={() => attempt(stop)}>
            {t('workflows.unpublish')}
          </Menu.Item>
        ) : null}
        {readOnly || !can('workflows.publish') ? null : (
          <>
            <Menu.Divider />
            <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => onPanel('delete')}>
              {t('workflows.delete')}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
