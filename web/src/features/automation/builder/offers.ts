import { useLang } from '@/shared/i18n';
import type { Blocks } from '../blocks';
import { actionIcon, stepIcon } from '../canvas/icons';
import type { Words } from '../useWords';
import { type FlowBlock, flowBlocks, isFlow } from './newStep';

/** `notYet`: it can be drafted only. */
export type Offer = { name: string; title: string; about: string | undefined; group: string; notYet?: boolean };

const kindOf = (flow: FlowBlock) => ({ kind: flow }) as Parameters<typeof stepIcon>[0];
export const offerIcon = (name: string) => (isFlow(name) ? stepIcon(kindOf(name)) : actionIcon(name));

/** Everything that can be added, by what it is about. */
export function useOffers(blocks: Blocks | undefined, words: Words): Offer[] {
  const { t, lookup } = useLang();
  const flow = flowBlocks.map((name): Offer => ({ name, title: t(`workflows.add.${name}`), about: t(`workflows.add.${name}.about`), group: t('workflows.group.flow') }));
  const actions = (blocks?.actions ?? []).map(({ name, available }): Offer => {
    const noun = name.slice(0, name.indexOf('.'));
    return { name, title: words.block(name), about: words.about(name), notYet: !available, group: lookup(`workflows.group.${noun}`) ?? words.block(noun) };
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
