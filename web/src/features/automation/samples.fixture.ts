import type { Definition, Step } from './definition';

/** For tests. */
export const action = (id: string, more: Partial<Step & { kind: 'action' }> = {}): Step => ({ kind: 'action', id, name: null, action: 'tag.add', fields: {}, ...more });

/** A branch with two steps on its first path and a loop in its second; then a wait. */
export const sample: Definition = {
  trigger: { kind: 'event', event: 'appointment.no_show', condition: null },
  steps: [
    action('a'),
    {
      kind: 'branch',
      id: 'b',
      name: null,
      paths: [
        { id: 'p', name: 'One', condition: null, steps: [action('c'), action('d')] },
        { id: 'q', name: null, condition: null, steps: [{ kind: 'loop', id: 'l', name: null, list: 'find1.items', limit: 10, steps: [action('e')] }] },
      ],
      otherwise: [],
    },
    { kind: 'wait', id: 'w', name: null, wait: { for: 'duration', minutes: 60 }, within: 'any' },
  ],
};
