import { IconPlus } from '@tabler/icons-react';
import { type DragEvent, useMemo, useState } from 'react';
import { dirOf, useLang } from '@/shared/i18n';
import { FlowCanvas } from '@/shared/ui/FlowCanvas';
import type { Definition } from '../definition';
import { layout, type Slot } from '../layout';
import { type Key, type Place, TRIGGER } from '../tree';
import type { Words } from '../useWords';
import classes from './Canvas.module.css';
import { Card, type Mark } from './Card';
import { BLOCK_DRAG, STEP_DRAG } from './drag';

export type Changes = {
  onAdd: (place: Place) => void;
  onMoveStep: (id: string, place: Place) => void;
  onDropBlock: (block: string, place: Place) => void;
};

type Props = {
  definition: Definition;
  words: Words;
  selected: Key | null;
  onSelect: (key: Key | null) => void;
  marks: ReadonlyMap<Key, Mark>;
  /** Where a run went; without it everything is equally there. */
  passed?: ReadonlySet<Key>;
  changes?: Changes | undefined;
  panel?: React.ReactNode;
};

/** The workflow as a picture of itself. Keys are the page's; this shows and is pressed. */
export function WorkflowCanvas({ definition, words, selected, onSelect, marks, passed, changes, panel }: Props) {
  const { t, lang } = useLang();
  const plan = useMemo(() => layout(definition), [definition]);
  const lines = useMemo(() => plan.lines.map(({ d, lit }) => ({ d, lit: passed?.has(lit) ?? false })).sort((a, b) => Number(a.lit) - Number(b.lit)), [plan, passed]);
  return (
    <FlowCanvas
      boxes={plan.boxes}
      frames={plan.frames}
      lines={lines}
      focus={selected}
      onEmpty={() => onSelect(null)}
      panel={panel}
      render={(box) => (
        <Card
          item={box}
          definition={definition}
          words={words}
          selected={box.key === selected}
          stop={box.key === (selected ?? TRIGGER)}
          mark={marks.get(box.key)}
          faint={!!passed && !passed.has(box.key)}
          draggable={!!changes}
          onSelect={onSelect}
        />
      )}
    >
      {changes ? plan.slots.map((slot) => <Add key={`${slot.x} ${slot.y}`} slot={slot} changes={changes} />) : null}
      {plan.end ? (
        <div className={classes.end} style={{ transform: `translate(${plan.end.x}px, ${plan.end.y}px)` }} dir={dirOf(lang)}>
          {t('workflows.end')}
        </div>
      ) : null}
    </FlowCanvas>
  );
}

/** On a line, where something can be put; with the keyboard that is done from the cards. */
function Add({ slot: { place, x, y }, changes }: { slot: Slot; changes: Changes }) {
  const { t } = useLang();
  const [over, setOver] = useState(false);
  const taken = (event: DragEvent) => [STEP_DRAG, BLOCK_DRAG].some((type) => event.dataTransfer.types.includes(type));
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [step, block] = [event.dataTransfer.getData(STEP_DRAG), event.dataTransfer.getData(BLOCK_DRAG)];
    if (step) changes.onMoveStep(step, place);
    else if (block) changes.onDropBlock(block, place);
  };
  return (
    <button
      type="button"
      className={`${classes.slot} nopan`}
      style={{ transform: `translate(${x}px, ${y}px)` }}
      tabIndex={-1}
      aria-label={t('workflows.addHere')}
      data-slot={`${place.of ?? ''}/${place.path ?? ''}/${place.index}`}
      data-over={over || undefined}
      onClick={() => changes.onAdd(place)}
      onDragOver={(event) => (taken(event) ? (event.preventDefault(), setOver(true)) : undefined)}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <IconPlus size={14} stroke={2.2} aria-hidden />
    </button>
  );
}
