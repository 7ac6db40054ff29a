import { Modal, TextInput, UnstyledButton } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type KeyboardEvent, useId, useState } from 'react';
import { useLang } from '@/shared/i18n';
import type { Blocks } from '../blocks';
import { actionIcon, stepIcon } from '../canvas/icons';
import type { Words } from '../useWords';
import classes from './Builder.module.css';
import { type FlowBlock, flowBlocks, isFlow } from './newStep';

export type Offer = { name: string; title: string; about: string | undefined; group: string };

const kindOf = (flow: FlowBlock) => ({ kind: flow }) as Parameters<typeof stepIcon>[0];
export const offerIcon = (name: string) => (isFlow(name) ? stepIcon(kindOf(name)) : actionIcon(name));

/** Everything that can be added, by what it is about. */
export function useOffers(blocks: Blocks | undefined, words: Words): Offer[] {
  const { t, lookup } = useLang();
  const flow = flowBlocks.map((name): Offer => ({ name, title: t(`workflows.add.${name}`), about: t(`workflows.add.${name}.about`), group: t('workflows.group.flow') }));
  const actions = (blocks?.actions ?? []).map(({ name }): Offer => {
    const noun = name.slice(0, name.indexOf('.'));
    return { name, title: words.block(name), about: words.about(name), group: lookup(`workflows.group.${noun}`) ?? words.block(noun) };
  });
  // those of a kind stand together, in the order in which the kinds came
  const groups = [...new Set([...flow, ...actions].map(({ group }) => group))];
  return groups.flatMap((group) => [...flow, ...actions].filter((offer) => offer.group === group));
}

const folded = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
/** Those of which every word of the search is somewhere in the name, the group or what it says. */
export const searched = (offers: Offer[], q: string) => {
  const parts = folded(q).split(/\s+/).filter(Boolean);
  return offers.filter(({ name, title, about = '', group }) => parts.every((part) => folded(`${title} ${group} ${about} ${name}`).includes(part)));
};

type Props = { offers: Offer[]; where: string; onPick: (name: string) => void; onClose: () => void };

/** A list to search in: type, go up and down, Enter. */
export function AddMenu({ offers, where, onPick, onClose }: Props) {
  const { t } = useLang();
  const [q, setQ] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const found = searched(offers, q);
  const chosen = Math.min(at, found.length - 1);

  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, Home: event.ctrlKey ? 0 : undefined, End: event.ctrlKey ? found.length - 1 : undefined }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      const next = Math.max(0, Math.min(to, found.length - 1));
      setAt(next);
      document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && found[chosen]) {
      event.preventDefault();
      onPick(found[chosen].name);
    }
  };

  return (
    <Modal opened onClose={onClose} title={t('workflows.add.title')} size={480} yOffset="10vh" returnFocus={false} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <p className={classes.where}>{where}</p>
      <TextInput
        data-autofocus
        leftSection={<IconSearch size={16} />}
        placeholder={t('workflows.add.search')}
        aria-label={t('workflows.add.search')}
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={found[chosen] ? `${id}-${chosen}` : undefined}
        value={q}
        onChange={(event) => {
          setQ(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={id} role="listbox" aria-label={t('workflows.add.title')} className={classes.offers}>
        {found.map((offer, n) => (
          <OfferLine key={offer.name} id={`${id}-${n}`} offer={offer} first={offer.group !== found[n - 1]?.group} chosen={n === chosen} onHover={() => setAt(n)} onPick={onPick} />
        ))}
      </ul>
      {found.length ? null : <p className={classes.nothing}>{t('workflows.add.nothing')}</p>}
    </Modal>
  );
}

type LineProps = { id: string; offer: Offer; first: boolean; chosen: boolean; onHover: () => void; onPick: (name: string) => void };

function OfferLine({ id, offer, first, chosen, onHover, onPick }: LineProps) {
  const Icon = offerIcon(offer.name);
  return (
    <>
      {first ? (
        <li role="presentation" className={classes.offerGroup}>
          {offer.group}
        </li>
      ) : null}
      <li id={id} role="option" aria-selected={chosen} data-chosen={chosen || undefined} data-offer={offer.name} className={classes.offer} onPointerMove={onHover} onClick={() => onPick(offer.name)}>
        <span className={classes.offerIcon} data-flow={isFlow(offer.name) || undefined}>
          <Icon size={16} stroke={1.8} aria-hidden />
        </span>
        <span className={classes.offerText}>
          <b>{offer.title}</b>
          {offer.about ? <small>{offer.about}</small> : null}
        </span>
      </li>
    </>
  );
}

/** Beside the canvas: to drag from, or to add behind what is chosen. */
export function Palette({ offers, onPick, onDrag }: { offers: Offer[]; onPick: (name: string) => void; onDrag: (event: React.DragEvent, name: string) => void }) {
  const { t } = useLang();
  const [q, setQ] = useState('');
  const found = searched(offers, q);
  return (
    <aside className={classes.palette} aria-label={t('workflows.blocks')}>
      <TextInput size="xs" leftSection={<IconSearch size={14} />} placeholder={t('workflows.add.search')} aria-label={t('workflows.add.search')} value={q} onChange={(event) => setQ(event.currentTarget.value)} />
      <p className={classes.hint}>{t('workflows.blocks.hint')}</p>
      {found.map((offer, n) => {
        const Icon = offerIcon(offer.name);
        return (
          <div key={offer.name} className={classes.paletteItem}>
            {offer.group === found[n - 1]?.group ? null : <div className={classes.offerGroup}>{offer.group}</div>}
            <UnstyledButton className={classes.block} data-block={offer.name} draggable onClick={() => onPick(offer.name)} onDragStart={(event) => onDrag(event, offer.name)}>
              <span className={classes.offerIcon} data-flow={isFlow(offer.name) || undefined}>
                <Icon size={16} stroke={1.8} aria-hidden />
              </span>
              {offer.title}
            </UnstyledButton>
          </div>
        );
      })}
    </aside>
  );
}
