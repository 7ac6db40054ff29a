import { type FormEvent, useEffect, useRef, useState } from 'react';
import { hasCode } from '@/shared/api/problem';
import { uuid } from '@/shared/api/uuid';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { focusFirstInvalid } from '@/shared/ui/focus';
import type { Draft } from './merge';
import type { RecordForm, Versioned } from './useRecordForm';

/** The key under which a body is sent: the same one for the same body, so that a lost answer never makes a second record. */
export function useSendKey() {
  const sent = useRef({ body: '', key: '' });
  return (body: unknown) => {
    const text = JSON.stringify(body);
    if (sent.current.body !== text) sent.current = { body: text, key: uuid() };
    return sent.current.key;
  };
}

type Options<R extends Versioned, D extends Draft> = {
  record: RecordForm<R, D>;
  loaded: R | undefined;
  readOnly: boolean;
  busy: boolean;
  /** Sends what the form holds; throws the server's refusal. */
  save: (draft: D) => Promise<void>;
};

/** Checks, sends, and puts what was refused beside the fields; a stale version becomes an offer of the newer one. */
export function useSubmit<R extends Versioned, D extends Draft>({ record, loaded, readOnly, busy, save }: Options<R, D>) {
  const words = useLang();
  const ref = useRef<HTMLFormElement>(null);
  const [refusal, setRefusal] = useState<string>();

  // our own change comes back as news before its answer does; that is no conflict
  useEffect(() => {
    if (loaded && !busy) record.offer(loaded);
  }, [loaded, busy]);

  const send = async (draft: D) => {
    setRefusal(undefined);
    try {
      await save(draft);
    } catch (error) {
      if (hasCode(error, 'version.stale') && error.problem.current) return record.offer(error.problem.current as R);
      const { byField, whole } = formErrors(words, error, record.fields);
      record.form.setErrors(byField);
      setRefusal(whole);
      focusFirstInvalid(ref.current);
    }
  };
  const checked = record.form.onSubmit(
    (draft) => void send(draft),
    () => focusFirstInvalid(ref.current),
  );
  return {
    ref,
    refusal,
    forget: () => setRefusal(undefined),
    onSubmit(event: FormEvent<HTMLFormElement>) {
      if (readOnly || record.newer) return event.preventDefault();
      checked(event);
    },
  };
}
