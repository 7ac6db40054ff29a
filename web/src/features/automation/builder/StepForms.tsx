import { ActionIcon, Button, NumberInput, Select, TextInput, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconX } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import type { ActionStep, BranchStep, LoopStep, Path, Step, StopStep, Wait, WaitStep } from '../definition';
import { FieldInput } from '../fields/FieldInput';
import { ConditionEditor } from '../fields/ConditionEditor';
import { OffsetInput } from '../fields/OffsetInput';
import { SpanInput } from '../fields/SpanInput';
import { VariableText } from '../fields/VariableText';
import { problemOf } from '../problems';
import { laneKey } from '../tree';
import { fitting, pickable } from '../variables';
import { actionOf } from '../blocks';
import classes from './Builder.module.css';
import { useBuilder } from './useBuilder';

/** What a step's form works with. */
function useStep<S extends Step>(step: S) {
  const { dispatch, problems, variablesAt, readOnly } = useBuilder();
  return {
    readOnly,
    variables: variablesAt(step.id),
    /** `mark`: what is typed into, so that a whole word is taken back at once. */
    set: (patch: Partial<S>, mark?: string) => dispatch({ do: 'patch', id: step.id, patch: (one) => ({ ...one, ...patch }) as Step, ...(mark ? { mark: `${step.id}.${mark}` } : {}) }),
    error: (field: string) => problemOf(problems, step.id, field)?.message,
  };
}

export function StepName({ step }: { step: Step }) {
  const { t } = useLang();
  const { words } = useBuilder();
  const { set, readOnly, error } = useStep(step);
  return (
    <TextInput label={t('workflows.step.name')} data-field="name" className="ownDirection" maxLength={80} placeholder={words.stepTitle({ ...step, name: null })} readOnly={readOnly} error={error('name')} value={step.name ?? ''} onChange={(event) => set({ name: event.currentTarget.value || null }, 'name')} />
  );
}

const MOST_TRIES = 20;

export function ActionForm({ step }: { step: ActionStep }) {
  const { t } = useLang();
  const { blocks, words } = useBuilder();
  const { set, variables, readOnly, error } = useStep(step);
  const block = actionOf(blocks, step);
  const put = (key: string, value: unknown) => {
    // what records of one kind are found by means nothing to another kind
    const { filter, ...others } = step.fields;
    const fields = step.action === 'records.find' && key === 'subject' && value !== step.fields.subject && filter ? others : step.fields;
    const { [key]: _, ...rest } = fields;
    set({ fields: value === null || value === '' || (Array.isArray(value) && !value.length) ? rest : { ...fields, [key]: value } }, `fields.${key}`);
  };
  if (blocks && !block) return <p className={classes.hint}>{t('workflows.step.unknown', { name: words.block(step.action) })}</p>;
  return (
    <>
      {(block?.fields ?? []).map((field) => (
        <div key={field.key} data-field={`fields.${field.key}`}>
          <FieldInput field={field} owner={step.action} subject={typeof step.fields.subject === 'string' ? step.fields.subject : undefined} value={step.fields[field.key] ?? null} onChange={(value) => put(field.key, value)} variables={variables} error={error(`fields.${field.key}`)} readOnly={readOnly} />
        </div>
      ))}
      <NumberInput
        label={t('workflows.retry')}
        description={t('workflows.retry.about')}
        data-field="retry"
        className="ownDirection tnum"
        min={1}
        max={MOST_TRIES}
        allowDecimal={false}
        placeholder={t('workflows.retry.usual')}
        readOnly={readOnly}
        error={error('retry')}
        value={step.retry?.attempts ?? ''}
        onChange={(attempts) => set({ retry: attempts === '' ? null : { attempts: Math.min(MOST_TRIES, Math.max(1, Number(attempts))) } }, 'retry')}
      />
      <Select
        label={t('workflows.onError')}
        data-field="onError"
        data={(['stop', 'continue'] as const).map((one) => ({ value: one, label: t(`workflows.onError.${one}`) }))}
        value={step.onError ?? 'stop'}
        allowDeselect={false}
        readOnly={readOnly}
        onChange={(next) => set({ onError: next as 'stop' | 'continue' })}
      />
    </>
  );
}

export function BranchForm({ step }: { step: BranchStep }) {
  const { t } = useLang();
  const { dispatch, words } = useBuilder();
  const { readOnly, error } = useStep(step);
  const go = (path: Path | null) => dispatch({ do: 'select', key: laneKey({ of: step.id, path: path?.id ?? null }) });
  return (
    <div data-field="paths">
      <p className={classes.hint}>{t('workflows.branch.about')}</p>
      <ol className={classes.paths}>
        {step.paths.map((path, n) => {
          const key = laneKey({ of: step.id, path: path.id });
          const title = words.laneTitle(step, path);
          return (
            <li key={path.id}>
              <UnstyledButton className={classes.pathName} onClick={() => go(path)}>
                <bdi className="cut">{title}</bdi>
              </UnstyledButton>
              {readOnly ? null : (
                <>
                  <ActionIcon variant="subtle" color="gray" size={28} disabled={n === 0} aria-label={t('workflows.path.up', { name: title })} onClick={() => dispatch({ do: 'moveBy', key, by: -1 })}>
                    <IconArrowUp size={15} />
                  </ActionIcon>
                  <ActionIcon variant="subtle" color="gray" size={28} disabled={n === step.paths.length - 1} aria-label={t('workflows.path.down', { name: title })} onClick={() => dispatch({ do: 'moveBy', key, by: 1 })}>
                    <IconArrowDown size={15} />
                  </ActionIcon>
                  <ActionIcon variant="subtle" color="gray" size={28} disabled={step.paths.length === 1} aria-label={t('workflows.path.remove', { name: title })} onClick={() => dispatch({ do: 'remove', key })}>
                    <IconX size={15} />
                  </ActionIcon>
                </>
              )}
            </li>
          );
        })}
        <li>
          <UnstyledButton className={classes.pathName} onClick={() => go(null)}>
            {t('workflows.lane.otherwise')}
          </UnstyledButton>
        </li>
      </ol>
      {error('paths') ? <p className={classes.problem}>{error('paths')}</p> : null}
      {readOnly ? null : (
        <Button size="compact-sm" variant="light" leftSection={<IconPlus size={14} />} onClick={() => dispatch({ do: 'addPath', id: step.id })}>
          {t('workflows.path.add')}
        </Button>
      )}
    </div>
  );
}

export function PathForm({ of, path }: { of: BranchStep; path: Path }) {
  const { t } = useLang();
  const { dispatch, problems, variablesAt, readOnly } = useBuilder();
  const key = laneKey({ of: of.id, path: path.id });
  const set = (patch: Partial<Path>, mark: string) => dispatch({ do: 'patchPath', key, patch, mark: `${key}.${mark}` });
  return (
    <>
      <TextInput label={t('workflows.path.name')} data-field="name" className="ownDirection" maxLength={80} readOnly={readOnly} error={problemOf(problems, key, 'name')?.message} value={path.name ?? ''} onChange={(event) => set({ name: event.currentTarget.value || null }, 'name')} />
      <ConditionEditor key={key} label={t('workflows.path.when')} value={path.condition} fields={variablesAt(key)} error={problemOf(problems, key, 'condition')?.message} readOnly={readOnly} onChange={(condition) => set({ condition }, 'condition')} />
    </>
  );
}

const MOST_TURNS = 500;

export function LoopForm({ step }: { step: LoopStep }) {
  const { t } = useLang();
  const { words } = useBuilder();
  const { set, variables, readOnly, error } = useStep(step);
  const lists = fitting(variables, { kind: 'list', many: false });
  const data = lists.map(({ key }) => ({ value: key, label: words.variable(key) }));
  const all = step.list && !lists.some(({ key }) => key === step.list) ? [{ value: step.list, label: words.variable(step.list) }, ...data] : data;
  return (
    <>
      <Select label={t('workflows.loop.list')} description={all.length ? undefined : t('workflows.loop.noLists')} data-field="list" data={all} value={step.list || null} allowDeselect={false} readOnly={readOnly} error={error('list')} onChange={(list) => set({ list: list ?? '' })} />
      <NumberInput label={t('workflows.loop.limit')} description={t('workflows.loop.limit.about')} data-field="limit" className="ownDirection tnum" min={1} max={MOST_TURNS} allowDecimal={false} readOnly={readOnly} error={error('limit')} value={step.limit} onChange={(limit) => set({ limit: Number(limit) || 1 }, 'limit')} />
    </>
  );
}

const HOUR = 60;
const DAY = 1_440;

export function WaitForm({ step }: { step: WaitStep }) {
  const { t } = useLang();
  const { blocks, words } = useBuilder();
  const { set, variables, readOnly, error } = useStep(step);
  const { wait } = step;
  const dates = pickable(variables).filter(({ kind }) => kind === 'instant' || kind === 'date');
  const begin = (kind: Wait['for']): Wait => {
    if (kind === 'duration') return { for: kind, minutes: HOUR };
    if (kind === 'date') return { for: kind, date: dates[0]?.key ?? '', offsetMinutes: 0 };
    return { for: kind, event: '', timeoutMinutes: DAY };
  };
  const put = (next: Wait, mark?: string) => set({ wait: next }, mark);
  return (
    <>
      <Select label={t('workflows.wait.what')} data-field="wait" data={(['duration', 'date', 'event'] as const).map((one) => ({ value: one, label: t(`workflows.wait.what.${one}`) }))} value={wait.for} allowDeselect={false} readOnly={readOnly} onChange={(next) => (next && next !== wait.for ? put(begin(next as Wait['for'])) : undefined)} />
      {wait.for === 'duration' ? <SpanInput label={t('workflows.wait.minutes')} value={wait.minutes} readOnly={readOnly} error={error('wait.minutes')} onChange={(minutes) => put({ ...wait, minutes: minutes ?? 0 }, 'wait')} /> : null}
      {wait.for === 'date' ? (
        <>
          <Select label={t('workflows.wait.date.which')} data-field="wait.date" data={dates.map(({ key }) => ({ value: key, label: words.variable(key) }))} value={wait.date || null} allowDeselect={false} readOnly={readOnly} error={error('wait.date')} onChange={(date) => put({ ...wait, date: date ?? '' })} />
          <OffsetInput label={t('workflows.trigger.offset')} value={wait.offsetMinutes} readOnly={readOnly} error={error('wait.offsetMinutes')} onChange={(offsetMinutes) => put({ ...wait, offsetMinutes }, 'wait')} />
        </>
      ) : null}
      {wait.for === 'event' ? (
        <>
          <Select label={t('workflows.wait.event.which')} description={t('workflows.wait.event.about')} data-field="wait.event" data={(blocks?.triggers ?? []).map(({ event }) => ({ value: event, label: words.block(event) }))} value={wait.event || null} searchable allowDeselect={false} readOnly={readOnly} error={error('wait.event')} onChange={(event) => put({ ...wait, event: event ?? '' })} />
          <SpanInput label={t('workflows.wait.timeout')} value={wait.timeoutMinutes} readOnly={readOnly} error={error('wait.timeoutMinutes')} onChange={(timeoutMinutes) => put({ ...wait, timeoutMinutes: timeoutMinutes ?? 0 }, 'wait')} />
        </>
      ) : null}
      <Select
        label={t('workflows.within')}
        data-field="within"
        data={(['any', 'waking', 'opening'] as const).map((one) => ({ value: one, label: t(`workflows.within.${one}`) }))}
        value={step.within ?? 'any'}
        allowDeselect={false}
        readOnly={readOnly}
        onChange={(within) => set({ within: within as WaitStep['within'] & string })}
      />
    </>
  );
}

export function StopForm({ step }: { step: StopStep }) {
  const { t } = useLang();
  const { set, variables, readOnly, error } = useStep(step);
  return (
    <>
      <Select label={t('workflows.stop.outcome')} data-field="outcome" data={(['done', 'failed'] as const).map((one) => ({ value: one, label: t(`workflows.stop.${one}`) }))} value={step.outcome} allowDeselect={false} readOnly={readOnly} onChange={(outcome) => set({ outcome: outcome as StopStep['outcome'] })} />
      <div data-field="message">
        <VariableText label={t('workflows.stop.message')} value={step.message ?? ''} variables={fitting(variables, { kind: 'text', many: false })} readOnly={readOnly} error={error('message')} onChange={(message) => set({ message: message || null }, 'message')} />
      </div>
    </>
  );
}
