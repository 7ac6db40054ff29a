import { ActionIcon, Button, CloseButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconCopy, IconTrash } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import { stepIcon, triggerIcon } from '../canvas/icons';
import { findPath, findStep, isLane, type Key, laneOf, TRIGGER } from '../tree';
import classes from './Builder.module.css';
import { ActionForm, BranchForm, LoopForm, PathForm, StepName, StopForm, WaitForm } from './StepForms';
import { TriggerForm } from './TriggerForm';
import { useBuilder } from './useBuilder';
import { useTitle } from './useTitle';

/** What is chosen, and everything that can be said about it. */
export function Inspector({ name, onClose }: { name: Key; onClose?: () => void }) {
  const { problems } = useBuilder();
  const mine = problems.filter((one) => one.key === name);
  return (
    <>
      {onClose ? <Head name={name} onClose={onClose} /> : null}
      <div className={classes.form} data-inspector={name}>
        <About name={name} />
        {mine.length ? (
          <ul className={classes.notes}>
            {mine.map((one) => (
              <li key={one.pointer + one.code} data-severity={one.severity}>
                {one.message}
              </li>
            ))}
          </ul>
        ) : null}
      </div>
      <Acts name={name} />
    </>
  );
}

function Head({ name, onClose }: { name: Key; onClose: () => void }) {
  const { t } = useLang();
  const { definition } = useBuilder();
  const { kind, title } = useTitle()(name);
  const step = findStep(definition, isLane(name) ? (laneOf(name).of ?? '') : name);
  const Icon = step ? stepIcon(step) : triggerIcon(definition.trigger);
  return (
    <div className={classes.inspectorHead}>
      <Icon size={20} stroke={1.8} aria-hidden />
      <div>
        <small>{kind}</small>
        <h2>
          <bdi className="cut">{title}</bdi>
        </h2>
      </div>
      <CloseButton aria-label={t('action.close')} onClick={onClose} />
    </div>
  );
}

function About({ name }: { name: Key }) {
  const { t } = useLang();
  const { definition, words } = useBuilder();
  if (name === TRIGGER) return <TriggerForm />;
  const step = findStep(definition, isLane(name) ? (laneOf(name).of ?? '') : name);
  if (!step) return null;
  if (isLane(name)) {
    const path = findPath(definition, name);
    if (path && step.kind === 'branch') return <PathForm of={step} path={path} />;
    return <p className={classes.hint}>{t(step.kind === 'loop' ? 'workflows.lane.each.about' : 'workflows.lane.otherwise.about')}</p>;
  }
  // what is typed into belongs to one step
  const key = step.id;
  const about = step.kind === 'action' ? words.about(step.action) : undefined;
  return (
    <>
      {about ? <p className={classes.hint}>{about}</p> : null}
      <StepName key={`${key} name`} step={step} />
      {step.kind === 'action' ? <ActionForm key={key} step={step} /> : null}
      {step.kind === 'branch' ? <BranchForm key={key} step={step} /> : null}
      {step.kind === 'loop' ? <LoopForm key={key} step={step} /> : null}
      {step.kind === 'wait' ? <WaitForm key={key} step={step} /> : null}
      {step.kind === 'stop' ? <StopForm key={key} step={step} /> : null}
    </>
  );
}

function Acts({ name }: { name: Key }) {
  const { t } = useLang();
  const { dispatch, readOnly } = useBuilder();
  if (readOnly || name === TRIGGER || (isLane(name) && !laneOf(name).path)) return null;
  const move = (by: 1 | -1) => dispatch({ do: 'moveBy', key: name, by });
  return (
    <div className={classes.acts}>
      <Button variant="subtle" color="red" leftSection={<IconTrash size={16} />} onClick={() => dispatch({ do: 'remove', key: name })}>
        {t('action.remove')}
      </Button>
      <span className={classes.spacer} />
      {isLane(name) ? null : (
        <ActionIcon title={t('workflows.duplicate.step')} variant="default" size={34} aria-label={t('workflows.duplicate.step')} onClick={() => dispatch({ do: 'duplicate', id: name })}>
          <IconCopy size={16} />
        </ActionIcon>
      )}
      <ActionIcon title={t('workflows.move.up')} variant="default" size={34} aria-label={t('workflows.move.up')} onClick={() => move(-1)}>
        <IconArrowUp size={16} />
      </ActionIcon>
      <ActionIcon title={t('workflows.move.down')} variant="default" size={34} aria-label={t('workflows.move.down')} onClick={() => move(1)}>
        <IconArrowDown size={16} />
      </ActionIcon>
    </div>
  );
}
