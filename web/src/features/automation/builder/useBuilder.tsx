import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { createContext, type Dispatch, type ReactNode, useContext, useMemo, useReducer } from 'react';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { blocksQuery, checkQuery, type Workflow } from '../api';
import { actionOf, type Blocks, type Field } from '../blocks';
import type { Definition } from '../definition';
import { type Edit, edit, type Editor, editorOf } from '../editor';
import { type Placed, placed } from '../problems';
import { findStep, isLane, type Key, laneOf, TRIGGER } from '../tree';
import { atStart } from '../variables';
import { useRefs } from '../useRefs';
import { useWords, type Words } from '../useWords';

const TYPING_MS = 400;

export type Builder = {
  workflow: Workflow;
  editor: Editor;
  definition: Definition;
  dispatch: Dispatch<Edit>;
  blocks: Blocks | undefined;
  words: Words;
  /** Of the draft as it was checked last. */
  problems: Placed[];
  /** What a step, a path or the trigger's condition can look at. */
  variablesAt: (key: Key) => Field[];
  readOnly: boolean;
};

const Context = createContext<Builder | null>(null);

/** What everything on the builder's page works on. */
export function useBuilder(): Builder {
  const builder = useContext(Context);
  if (!builder) throw new Error('outside of the builder');
  return builder;
}

/** Checked while one types, a moment after the last change. */
function useCheck(definition: Definition, enabled: boolean, blocks: Blocks | undefined, words: Words) {
  const [settled] = useDebouncedValue(definition, TYPING_MS);
  const { data } = useQuery({ ...checkQuery(settled), enabled });
  const { lookup } = useLang();
  const problems = useMemo(() => {
    /** What the field of a problem may be replaced by, in words. */
    const otherOf = ({ key, field }: Placed): string => {
      const step = key ? findStep(settled, key) : undefined;
      const declared = step && actionOf(blocks, step)?.fields.find((one) => field === `fields.${one.key}`);
      return step?.kind === 'action' && declared?.unless ? words.field(step.action, declared.unless) : '';
    };
    return placed(settled, data?.problems ?? []).map((one) => ({ ...one, message: lookup(`workflows.problem.${one.code}`, { other: otherOf(one) }) ?? one.message }));
  }, [settled, data, lookup, blocks, words]);
  return { problems, variables: data?.variables };
}

export function BuilderProvider({ workflow, children }: { workflow: Workflow; children: ReactNode }) {
  const [editor, dispatch] = useReducer(edit, workflow.definition, editorOf);
  const { definition } = editor;
  const blocks = useQuery(blocksQuery).data;
  const { nameOf } = useRefs();
  const words = useWords(blocks, definition, nameOf);
  const readOnly = !useCan()('workflows.write');
  const { problems, variables } = useCheck(definition, !readOnly, blocks, words);

  const value = useMemo((): Builder => {
    const begin = atStart(blocks, definition);
    // a path is looked at where its branch stands
    const variablesAt = (key: Key) => (key === TRIGGER ? begin : (variables?.[isLane(key) ? (laneOf(key).of ?? '') : key] ?? begin));
    return { workflow, editor, definition, dispatch, blocks, words, problems, variablesAt, readOnly };
  }, [workflow, editor, definition, blocks, words, problems, variables, readOnly]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}
