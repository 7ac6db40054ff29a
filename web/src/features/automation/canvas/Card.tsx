import { UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconHourglass, IconPlayerPlay, IconX, type Icon } from '@tabler/icons-react';
import type { DragEvent } from 'react';
import { useLang } from '@/shared/i18n';
import type { Definition, Path, Step } from '../definition';
import { type Key, laneKey, TRIGGER } from '../tree';
import type { Words } from '../useWords';
import classes from './Canvas.module.css';
import { STEP_DRAG } from './drag';
import { stepIcon, triggerIcon } from './icons';

/** What a card says besides what it is: that something is wrong with it, or how far a run has come with it. */
export type Mark = 'error' | 'warning' | 'done' | 'failed' | 'waiting' | 'running';
const markIcons: Record<Mark, Icon> = { error: IconAlertTriangle, warning: IconAlertTriangle, done: IconCheck, failed: IconX, waiting: IconHourglass, running: IconPlayerPlay };

/** What can be chosen, wherever it is shown. */
export type Item = { kind: 'trigger' } | { kind: 'step'; step: Step } | { kind: 'lane'; of: Step; path: Path | null };

type Props = {
  item: Item;
  definition: Definition;
  words: Words;
  selected: boolean;
  /** The one of them all that the tabulator stops at. */
  stop?: boolean;
  mark?: Mark | undefined;
  /** A run went another way. */
  faint?: boolean;
  draggable?: boolean;
  /** Over all its width, as tall as its text is. */
  flat?: boolean;
  onSelect: (key: Key) => void;
};

export function Card({ item, definition, words, selected, stop = true, mark, faint = false, draggable = false, flat = false, onSelect }: Props) {
  const { t } = useLang();
  const common = { selected, stop, mark, faint, flat, onSelect };
  if (item.kind === 'lane') {
    const key = laneKey({ of: item.of.id, path: item.path?.id ?? null });
    const title = words.laneTitle(item.of, item.path);
    return (
      <Shell {...common} name={key} className={classes.lane}>
        <VisuallyHidden>{t('workflows.kind.path')}: </VisuallyHidden>
        <bdi className={classes.laneText}>{title}</bdi>
        <Badge mark={mark} />
      </Shell>
    );
  }
  const step = item.kind === 'step' ? item.step : undefined;
  const [kind, title, detail] = step
    ? [words.kindOf(step), words.stepTitle(step), words.stepDetail(step)]
    : [t('workflows.kind.trigger'), words.trigger(definition.trigger), triggerDetail(definition, words)];
  const Icon = step ? stepIcon(step) : triggerIcon(definition.trigger);
  const drag = draggable && step ? (event: DragEvent) => event.dataTransfer.setData(STEP_DRAG, step.id) : undefined;
  return (
    <Shell {...common} name={step?.id ?? TRIGGER} className={classes.card} tone={step?.kind ?? 'trigger'} drag={drag}>
      <span className={classes.icon}>
        <Icon size={18} stroke={1.8} aria-hidden />
      </span>
      <span className={classes.text}>
        <span className={classes.kind}>{kind}</span>
        <b dir="auto">{title}</b>
        {detail ? (
          <span className={classes.detail} dir="auto">
            {detail}
          </span>
        ) : null}
      </span>
      <Badge mark={mark} />
    </Shell>
  );
}

function triggerDetail({ trigger }: Definition, words: Words): string {
  if (trigger?.kind === 'event' || trigger?.kind === 'date') return trigger.condition ? words.condition(trigger.condition) : '';
  return '';
}

type ShellProps = Pick<Props, 'selected' | 'stop' | 'mark' | 'faint' | 'flat' | 'onSelect'> & {
  name: Key;
  className: string | undefined;
  tone?: string;
  drag?: ((event: DragEvent) => void) | undefined;
  children: React.ReactNode;
};

function Shell({ name, className, tone, selected, stop, mark, faint, flat, drag, onSelect, children }: ShellProps) {
  return (
    <UnstyledButton
      className={`${className} ${drag ? 'nopan' : ''}`}
      data-key={name}
      data-tone={tone}
      data-selected={selected || undefined}
      data-mark={mark}
      data-faint={faint || undefined}
      data-flat={flat || undefined}
      tabIndex={stop ? 0 : -1}
      aria-pressed={selected}
      draggable={!!drag}
      onDragStart={drag}
      onClick={() => onSelect(name)}
    >
      {children}
    </UnstyledButton>
  );
}

function Badge({ mark }: { mark: Mark | undefined }) {
  const { t } = useLang();
  if (!mark) return null;
  const Icon = markIcons[mark];
  return (
    <span className={classes.badge} data-mark={mark}>
      <Icon size={13} stroke={2.4} aria-hidden />
      <VisuallyHidden>{t(`workflows.mark.${mark}`)}</VisuallyHidden>
    </span>
  );
}
