import { expect, it } from 'vitest';
import type { Definition, Step } from './definition';
import { type Edit, edit, type Editor, editorOf } from './editor';
import { copyOf } from './ids';
import { action, sample } from './samples.fixture';
import { allSteps, findStep, places, readingOrder } from './tree';

const after = (...actions: Edit[]): Editor => actions.reduce(edit, editorOf(sample));
const named = (name: string): Edit => ({ do: 'patch', id: 'a', patch: (step) => ({ ...step, name }), mark: 'a.name' });

it('takes back and does again, step by step, to exactly what was there', () => {
  const edits: Edit[] = [
    { do: 'add', place: { of: 'b', path: null, index: 0 }, step: action('n') },
    { do: 'moveBy', key: 'n', by: -1 },
    { do: 'duplicate', id: 'b' },
    { do: 'addPath', id: 'b' },
    { do: 'remove', key: 'l' },
    { do: 'trigger', trigger: { kind: 'webhook' } },
  ];
  const states = edits.reduce<Editor[]>((all, one) => [...all, edit(all.at(-1)!, one)], [editorOf(sample)]);
  let now = states.at(-1)!;
  for (const state of [...states].reverse().slice(1)) {
    now = edit(now, { do: 'undo' });
    expect(now.definition).toEqual(state.definition);
  }
  expect(edit(now, { do: 'undo' })).toBe(now);
  for (const state of states.slice(1)) {
    now = edit(now, { do: 'redo' });
    expect(now.definition).toEqual(state.definition);
  }
});

it('takes back what was typed in one go, and not letter by letter', () => {
  const typed = after(named('L'), named('Li'), named('Lina'));
  expect(typed.past).toHaveLength(1);
  expect(edit(typed, { do: 'undo' }).definition).toEqual(sample);
  const twice = edit(edit(typed, { do: 'select', key: 'b' }), named('Lin'));
  expect(twice.past).toHaveLength(2);
});

it('forgets the way forth once something else is done', () => {
  const state = after(named('x'), { do: 'undo' }, { do: 'remove', key: 'w' });
  expect(edit(state, { do: 'redo' })).toBe(state);
});

it('does not count what changes nothing as a step', () => {
  expect(after(named(null as unknown as string)).past).toEqual([]);
  expect(after({ do: 'moveBy', key: 'b/p', by: -1 }).past).toEqual([]);
});

it('goes to what stood before when something is deleted', () => {
  expect(after({ do: 'select', key: 'd' }, { do: 'remove', key: 'd' }).selected).toBe('c');
  expect(after({ do: 'remove', key: 'a' }).selected).toBe('trigger');
  expect(after({ do: 'remove', key: 'b/q' }).selected).toBe('d');
});

it('keeps the lanes that a step cannot do without', () => {
  expect(after({ do: 'remove', key: 'b/' }).definition).toEqual(sample);
  expect(after({ do: 'remove', key: 'l/' }).definition).toEqual(sample);
  const one = after({ do: 'remove', key: 'b/p' }, { do: 'remove', key: 'b/q' });
  expect(readingOrder(one.definition).filter((key) => key.startsWith('b/'))).toEqual(['b/q', 'b/']);
});

it('gives a copy ids of its own, by which its parts read each other', () => {
  const inner: Step[] = [
    action('find1', { action: 'records.find' }),
    { kind: 'loop', id: 'l1', name: null, list: 'find1.items', limit: 10, steps: [action('m1', { fields: { text: 'find1.count: {{ find1.count | default(0) }} of {{ item.find1.x }}, {{ other.find1 }}', to: '{{ item.id }}' } })] },
  ];
  const branch: Step = { kind: 'branch', id: 'b1', name: null, paths: [{ id: 'p1', name: null, condition: { '>': [{ var: 'find1.count' }, 3] }, steps: inner }], otherwise: [] };
  const definition: Definition = { trigger: null, steps: [branch] };
  const copy = copyOf(definition, branch) as Step & { kind: 'branch' };
  const [path] = copy.paths;
  expect(path!.condition).toEqual({ '>': [{ var: 'find2.count' }, 3] });
  const [find, loop] = path!.steps as [Step, Step & { kind: 'loop' }];
  expect([copy.id, path!.id, find.id, loop.id, loop.list]).toEqual(['b2', 'p2', 'find2', 'l2', 'find2.items']);
  expect((loop.steps[0] as Step & { kind: 'action' }).fields).toEqual({ text: 'find1.count: {{ find2.count | default(0) }} of {{ item.find1.x }}, {{ other.find1 }}', to: '{{ item.id }}' });
});

it('never has two of the same id, whatever is done in whatever order', () => {
  // a small generator of its own, so that a failure can be repeated
  let seed = 7;
  const pick = <V>(all: readonly V[]): V => all[(seed = (seed * 48271) % 2147483647) % all.length]!;
  let state = editorOf(sample);
  for (let n = 0; n < 400; n++) {
    const ids = allSteps(state.definition.steps).map((step) => step.id);
    const key = pick(readingOrder(state.definition));
    const id = ids.length ? pick(ids) : 'none';
    state = edit(
      state,
      pick<() => Edit>([
        () => (ids.length < 40 ? { do: 'duplicate', id } : { do: 'remove', key }),
        () => ({ do: 'move', id, to: pick(places(state.definition.steps)) }),
        () => ({ do: 'moveBy', key, by: pick([1, -1]) }),
        () => ({ do: 'addPath', id }),
        () => ({ do: 'remove', key }),
        () => ({ do: 'undo' }),
        () => ({ do: 'redo' }),
      ])(),
    );
    const order = readingOrder(state.definition);
    expect(new Set(order).size).toBe(order.length);
    if (state.selected) expect(order).toContain(state.selected);
  }
  expect(findStep(state.definition, 'none')).toBeUndefined();
});
