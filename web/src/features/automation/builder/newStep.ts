import type { ActionBlock, Blocks, Field } from '../blocks';
import type { Definition, Step } from '../definition';
import { freshIds, stemOf } from '../ids';
import { fitting, written } from '../variables';

/** What steps are made of besides what the areas do. */
export const flowBlocks = ['branch', 'wait', 'loop', 'stop'] as const;
export type FlowBlock = (typeof flowBlocks)[number];
export const isFlow = (name: string): name is FlowBlock => (flowBlocks as readonly string[]).includes(name);

const HOUR = 60;
const MOST = 100;

/** What a step needs that is at hand already, such as the patient whom the workflow is about. */
function atHand({ fields }: ActionBlock, variables: readonly Field[]): Record<string, unknown> {
  const known = fields.flatMap((field): [string, string][] => {
    const [first] = field.kind === 'ref' && field.required ? fitting(variables, field) : [];
    return first ? [[field.key, written({ path: first.key })]] : [];
  });
  return Object.fromEntries(known);
}

/** A step of that block, as it is before anybody has said more. */
export function newStep(name: string, { definition, blocks, variables }: { definition: Definition; blocks: Blocks | undefined; variables: readonly Field[] }): Step {
  const fresh = freshIds(definition);
  switch (name) {
    case 'branch':
      return { kind: 'branch', id: fresh('branch'), name: null, paths: [{ id: fresh('path'), name: null, condition: null, steps: [] }], otherwise: [] };
    case 'wait':
      return { kind: 'wait', id: fresh('wait'), name: null, wait: { for: 'duration', minutes: HOUR }, within: 'any' };
    case 'loop':
      return { kind: 'loop', id: fresh('loop'), name: null, list: fitting(variables, { kind: 'list', many: false })[0]?.key ?? '', limit: MOST, steps: [] };
    case 'stop':
      return { kind: 'stop', id: fresh('stop'), name: null, outcome: 'done', message: null };
    default: {
      const block = blocks?.actions.find((one) => one.name === name);
      return { kind: 'action', id: fresh(stemOf(name)), name: null, action: name, fields: block ? atHand(block, variables) : {}, onError: 'stop' };
    }
  }
}
