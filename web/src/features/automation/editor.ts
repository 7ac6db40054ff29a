import type { Definition, Path, Step, Trigger } from './definition';
import { copyOf, freshIds } from './ids';
import { exists, findStep, insertAt, isLane, type Key, laneKey, laneOf, moveBy, movePath, moveTo, patchPath, patchStep, type Place, placeAfter, placeOf, readingOrder, removeStep, TRIGGER } from './tree';

/** What is being edited, and the ways back and forth. */
export type Editor = {
  definition: Definition;
  selected: Key | null;
  past: Definition[];
  future: Definition[];
  /** What was typed into last: more of the same belongs to the same step back. */
  mark: string | null;
};

export type Edit =
  /** What the server has now; nothing before it can be taken back. */
  | { do: 'load'; definition: Definition }
  | { do: 'replace'; definition: Definition }
  | { do: 'select'; key: Key | null }
  | { do: 'trigger'; trigger: Trigger | null; mark?: string }
  | { do: 'add'; place: Place; step: Step }
  | { do: 'patch'; id: string; patch: (step: Step) => Step; mark?: string }
  | { do: 'patchPath'; key: Key; patch: Partial<Path>; mark?: string }
  | { do: 'addPath'; id: string }
  | { do: 'remove'; key: Key }
  | { do: 'duplicate'; id: string }
  | { do: 'move'; id: string; to: Place }
  | { do: 'moveBy'; key: Key; by: 1 | -1 }
  | { do: 'undo' }
  | { do: 'redo' };

const MOST_BACK = 100;

export const editorOf = (definition: Definition): Editor => ({ definition, selected: null, past: [], future: [], mark: null });

/** What is chosen once something is gone: what stood before it. */
function before(definition: Definition, key: Key): Key {
  const order = readingOrder(definition);
  return order[order.indexOf(key) - 1] ?? TRIGGER;
}

function change(state: Editor, definition: Definition, { selected = state.selected, mark = null }: { selected?: Key | null; mark?: string | null } = {}): Editor {
  if (JSON.stringify(definition) === JSON.stringify(state.definition)) return state;
  const kept = selected && exists(definition, selected) ? selected : null;
  const more = mark !== null && mark === state.mark;
  return { definition, selected: kept, past: more ? state.past : [...state.past.slice(1 - MOST_BACK), state.definition], future: [], mark };
}

function remove(state: Editor, key: Key): Editor {
  const { definition } = state;
  if (key === TRIGGER) return change(state, definition.trigger ? { ...definition, trigger: null } : definition);
  const selected = before(definition, key);
  if (!isLane(key)) return change(state, removeStep(definition, key), { selected });
  const { of, path } = laneOf(key);
  // the rest and what a loop does are parts of their step, and go with it only
  const gone = patchStep(definition, of ?? '', (step) =>
    step.kind === 'branch' && path && step.paths.length > 1 ? { ...step, paths: step.paths.filter((one) => one.id !== path) } : step,
  );
  return exists(gone, key) ? state : change(state, gone, { selected });
}

function addPath(state: Editor, id: string): Editor {
  const path: Path = { id: freshIds(state.definition)('path'), name: null, condition: null, steps: [] };
  const definition = patchStep(state.definition, id, (step) => (step.kind === 'branch' ? { ...step, paths: [...step.paths, path] } : step));
  return change(state, definition, { selected: laneKey({ of: id, path: path.id }) });
}

function duplicate(state: Editor, id: string): Editor {
  const { definition } = state;
  const [step, place] = [findStep(definition, id), placeOf(definition.steps, id)];
  if (!step || !place) return state;
  const copy = copyOf(definition, step);
  return change(state, insertAt(definition, placeAfter(definition, id), copy), { selected: copy.id });
}

/** One step back or forth. */
function travel(state: Editor, from: 'past' | 'future', to: 'past' | 'future'): Editor {
  const definition = state[from].at(-1);
  if (!definition) return state;
  const selected = state.selected && exists(definition, state.selected) ? state.selected : null;
  return { ...state, definition, selected, mark: null, [from]: state[from].slice(0, -1), [to]: [...state[to], state.definition] };
}

export function edit(state: Editor, action: Edit): Editor {
  const { definition } = state;
  switch (action.do) {
    case 'load':
      return { ...editorOf(action.definition), selected: state.selected && exists(action.definition, state.selected) ? state.selected : null };
    case 'replace':
      return change(state, action.definition);
    case 'select':
      return action.key === state.selected ? state : { ...state, selected: action.key, mark: null };
    case 'trigger':
      return change(state, { ...definition, trigger: action.trigger }, { mark: action.mark ?? null });
    case 'add':
      return change(state, insertAt(definition, action.place, action.step), { selected: action.step.id });
    case 'patch':
      return change(state, patchStep(definition, action.id, action.patch), { mark: action.mark ?? null });
    case 'patchPath':
      return change(state, patchPath(definition, action.key, action.patch), { mark: action.mark ?? null });
    case 'addPath':
      return addPath(state, action.id);
    case 'remove':
      return remove(state, action.key);
    case 'duplicate':
      return duplicate(state, action.id);
    case 'move':
      return change(state, moveTo(definition, action.id, action.to), { selected: action.id });
    case 'moveBy':
      return change(state, isLane(action.key) ? movePath(definition, action.key, action.by) : moveBy(definition, action.key, action.by));
    case 'undo':
      return travel(state, 'past', 'future');
    case 'redo':
      return travel(state, 'future', 'past');
  }
}
