import { ActionIcon } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import type { Definition, Step } from '../definition';
import { type Key, type Lane, laneKey, lanesOf, type Place, ROOT, TRIGGER } from '../tree';
import type { Words } from '../useWords';
import classes from './Canvas.module.css';
import { Card, type Item, type Mark } from './Card';

type Props = {
  definition: Definition;
  words: Words;
  selected: Key | null;
  onSelect: (key: Key | null) => void;
  marks: ReadonlyMap<Key, Mark>;
  passed?: ReadonlySet<Key>;
  onAdd?: ((place: Place) => void) | undefined;
};

/** The same tree as a list to scroll through, where a canvas would be too small to read. */
export function Outline(props: Props) {
  const { t } = useLang();
  return (
    <ol className={classes.outline} aria-label={t('workflows.outline')}>
      <li>
        <One {...props} item={{ kind: 'trigger' }} name={TRIGGER} />
      </li>
      <Steps {...props} steps={props.definition.steps} lane={ROOT} />
    </ol>
  );
}

function One({ item, name, selected, marks, passed, ...rest }: Props & { item: Item; name: Key }) {
  return <Card {...rest} item={item} selected={name === selected} mark={marks.get(name)} faint={!!passed && !passed.has(name)} flat />;
}

function Steps({ steps, lane, ...props }: Props & { steps: readonly Step[]; lane: Lane }) {
  const stops = steps.at(-1)?.kind === 'stop';
  return (
    <>
      {steps.map((step, index) => (
        <li key={step.id}>
          <Plus {...props} place={{ ...lane, index }} />
          <One {...props} item={{ kind: 'step', step }} name={step.id} />
          {lanesOf(step).map((inner) => (
            <ol key={laneKey(inner.lane)} className={classes.inner}>
              <li>
                <One {...props} item={{ kind: 'lane', of: step, path: inner.path }} name={laneKey(inner.lane)} />
              </li>
              <Steps {...props} steps={inner.steps} lane={inner.lane} />
            </ol>
          ))}
        </li>
      ))}
      {stops || !props.onAdd ? null : (
        <li>
          <Plus {...props} place={{ ...lane, index: steps.length }} />
        </li>
      )}
    </>
  );
}

function Plus({ place, onAdd }: Pick<Props, 'onAdd'> & { place: Place }) {
  const { t } = useLang();
  if (!onAdd) return null;
  return (
    <ActionIcon variant="default" radius="xl" size={32} className={classes.addHere ?? ''} aria-label={t('workflows.addHere')} onClick={() => onAdd(place)}>
      <IconPlus size={16} />
    </ActionIcon>
  );
}
