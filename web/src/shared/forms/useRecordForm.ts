import { useForm, type UseFormReturnType } from '@mantine/form';
import { useState } from 'react';
import { type MessageId, type Params, useLang } from '@/shared/i18n';
import { changedFields, type Draft, mergeDraft } from './merge';

export type Versioned = { version: number };
/** What can be known without asking the server; it has the last word on the rest. */
export type Issues<D> = Partial<Record<(keyof D & string) | `${keyof D & string}.${string}`, { id: MessageId; params?: Params }>>;

export type RecordForm<R extends Versioned, D extends Draft> = {
  form: UseFormReturnType<D>;
  /** The state that the edit started from; missing for a new record. */
  base: R | undefined;
  /** A later state that waits for the person to look at it, because they have entered something already. */
  newer: R | undefined;
  /** What I had entered in fields that now show somebody else's value. */
  mine: Partial<D>;
  dirty: boolean;
  /** Where messages can stand: the fields, and parts of them as `address.city`. */
  fields: string[];
  draftOf: (record: R) => D;
  /** Takes a later state in silently when nothing was entered yet, else puts it before the person. */
  offer: (record: R) => void;
  loadNewer: () => void;
  /** Goes on from the later state with everything that I entered, to be saved on top of it. */
  keepMine: () => void;
  useMine: (field: keyof D & string) => void;
  /** Begins anew from this state, as after saving or discarding. */
  begin: (record: R) => void;
};

type Options<R, D> = {
  loaded: R | undefined;
  empty: D;
  draftOf: (record: R) => D;
  issues: (draft: D) => Issues<D>;
  parts?: readonly string[];
};

/** A form over a record that others may change meanwhile. */
export function useRecordForm<R extends Versioned, D extends Draft>({ loaded, empty, draftOf, issues, parts = [] }: Options<R, D>): RecordForm<R, D> {
  const { t } = useLang();
  const [base, setBase] = useState(loaded);
  const [newer, setNewer] = useState<R>();
  const [mine, setMine] = useState<Partial<D>>({});
  const start = base ? draftOf(base) : empty;
  const form = useForm<D>({
    initialValues: start,
    validate: (draft) => {
      const found = Object.entries(issues(draft)) as [string, { id: MessageId; params?: Params }][];
      return Object.fromEntries(found.map(([field, issue]) => [field, t(issue.id, issue.params)]));
    },
  });
  const dirty = changedFields(start, form.values).length > 0;
  const begin = (record: R) => {
    setBase(record);
    setNewer(undefined);
    setMine({});
    form.setValues(draftOf(record));
    form.clearErrors();
  };

  return {
    form,
    base,
    newer,
    mine,
    dirty,
    fields: [...Object.keys(empty), ...parts],
    draftOf,
    begin,
    offer(record) {
      if (!base || record.version <= (newer ?? base).version) return;
      if (dirty) return setNewer(record);
      begin(record);
    },
    loadNewer() {
      if (!newer) return;
      const result = mergeDraft(start, form.values, draftOf(newer));
      form.setValues(result.merged);
      form.clearErrors();
      setMine(result.mine);
      setBase(newer);
      setNewer(undefined);
    },
    keepMine() {
      if (!newer) return;
      const result = mergeDraft(start, form.values, draftOf(newer));
      form.setValues({ ...result.merged, ...result.mine });
      form.clearErrors();
      setMine({});
      setBase(newer);
      setNewer(undefined);
    },
    useMine(field) {
      form.setValues({ [field]: mine[field] } as Partial<D>);
      setMine(({ [field]: _, ...rest }) => rest as unknown as Partial<D>);
    },
  };
}
