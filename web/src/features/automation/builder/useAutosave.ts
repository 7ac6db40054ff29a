import { useDebouncedCallback } from '@mantine/hooks';
import { useCallback, useEffect, useRef, useState } from 'react';
import { hasCode } from '@/shared/api/problem';
import { type Change, useWorkflows, type Workflow } from '../api';
import type { Definition } from '../definition';

const PAUSE_MS = 700;
const AGAIN_MS = 5_000;

export type Saving = 'saved' | 'unsaved' | 'saving' | 'failed' | 'conflict';

type Options = { workflow: Workflow; definition: Definition; readOnly: boolean; onLoad: (definition: Definition) => void };

/**
 * Keeps the draft as one works on it, one change after the other. Somebody else's change is taken over while there is
 * nothing of one's own, and else one is asked whose it shall be.
 */
export function useAutosave({ workflow, definition, readOnly, onLoad }: Options) {
  const { change } = useWorkflows();
  const [saving, setSaving] = useState<Saving>('saved');
  const [theirs, setTheirs] = useState<Workflow>();
  const now = useRef(definition);
  now.current = definition;
  const version = useRef(workflow.version);
  const kept = useRef(JSON.stringify(workflow.definition));
  const busy = useRef<Promise<unknown>>(Promise.resolve());
  const gone = useRef(false);

  const show = useCallback((next: Saving) => {
    if (!gone.current) setSaving(next);
  }, []);

  const conflict = (current: Workflow) => {
    setTheirs(current);
    show('conflict');
  };

  /** One request at a time: each carries the version that the one before it made. */
  const send = useCallback(
    (body: () => Omit<Change, 'version'> | null): Promise<Workflow | undefined> => {
      const work = busy.current.then(async () => {
        const asked = body();
        if (!asked) return undefined;
        const sent = asked.definition && JSON.stringify(asked.definition);
        show('saving');
        try {
          const answer = await change(workflow.id, { version: version.current, ...asked });
          version.current = answer.version;
          if (sent) kept.current = sent;
          show(JSON.stringify(now.current) === kept.current ? 'saved' : 'unsaved');
          return answer;
        } catch (error) {
          const stale = hasCode(error, 'version.stale') && (error.problem.current as Workflow | undefined);
          if (stale) conflict(stale);
          else show('failed');
          throw error;
        }
      });
      // whoever comes next does not fail with it
      busy.current = work.catch(() => undefined);
      return work;
    },
    [workflow.id],
  );

  const draft = () => (JSON.stringify(now.current) === kept.current ? null : { definition: now.current });
  const flush = useCallback(() => send(draft), [send]);
  const soon = useDebouncedCallback(() => void flush().catch(() => undefined), PAUSE_MS);

  useEffect(() => {
    if (readOnly || saving === 'conflict' || JSON.stringify(definition) === kept.current) return;
    show('unsaved');
    soon();
  }, [definition, readOnly]);

  // what could not be sent is tried again
  useEffect(() => {
    if (saving !== 'failed') return;
    const timer = setTimeout(() => void flush().catch(() => undefined), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [saving, flush]);

  const takeOver = useCallback(
    (current: Workflow) => {
      version.current = current.version;
      kept.current = JSON.stringify(current.definition);
      setTheirs(undefined);
      setSaving('saved');
      onLoad(current.definition);
    },
    [onLoad],
  );

  // news from elsewhere, and not of one's own doing
  useEffect(() => {
    void busy.current.then(() => {
      if (gone.current || workflow.version <= version.current) return;
      const same = JSON.stringify(workflow.definition) === kept.current;
      if (same) version.current = workflow.version;
      else if (!draft()) takeOver(workflow);
      else conflict(workflow);
    });
  }, [workflow, takeOver]);

  // whoever leaves in the middle of it loses nothing
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
      if (!readOnly) void flush().catch(() => undefined);
    };
  }, [flush, readOnly]);

  /** One's own stays, on top of theirs. */
  const keepMine = () => {
    if (!theirs) return;
    version.current = theirs.version;
    setTheirs(undefined);
    setSaving('unsaved');
    void flush().catch(() => undefined);
  };

  return {
    saving,
    theirs,
    takeTheirs: () => (theirs ? takeOver(theirs) : undefined),
    keepMine,
    /** Sends what is not sent yet; the version that the server has then. */
    flush: async () => {
      await flush();
      return version.current;
    },
    /** Name and description, in turn with the draft. */
    rename: (body: { name?: string; description?: string | null }) => send(() => body),
    /** After something that has changed the version by itself. */
    seen: (current: Workflow) => {
      version.current = Math.max(version.current, current.version);
    },
  };
}
