import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useLang } from '@/shared/i18n';
import type { Service } from './api';
import { changedFields, type Draft, draftIssues, draftOf, emptyDraft, type Field, mergeDraft } from './draft';

/**
 * A form over a service that others may change meanwhile. `base` is the state the edit started from; `newer` is a later
 * one that waits for the person to look at it, because they have typed something already.
 */
export function useDraft(loaded: Service | undefined, practiceCurrency: string) {
  const { t } = useLang();
  const [base, setBase] = useState(loaded);
  const [newer, setNewer] = useState<Service>();
  const [mine, setMine] = useState<Partial<Draft>>({});
  const currency = base?.price.currency ?? practiceCurrency;
  const form = useForm<Draft>({
    initialValues: base ? draftOf(base) : emptyDraft,
    validate: (draft) =>
      Object.fromEntries(Object.entries(draftIssues(draft, currency)).map(([field, issue]) => [field, t(issue.id, issue.params)])),
  });
  const start = base ? draftOf(base) : emptyDraft;
  const dirty = changedFields(start, form.values).length > 0;

  return {
    form,
    base,
    newer,
    mine,
    currency,
    dirty,
    /** Takes a later state in silently when nothing was typed yet, else puts it before the person. */
    offer(service: Service) {
      if (!base || service.version <= (newer ?? base).version) return;
      if (dirty) return setNewer(service);
      setBase(service);
      form.setValues(draftOf(service));
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
    useMine(field: Field) {
      form.setValues({ [field]: mine[field] });
      setMine(({ [field]: _, ...rest }) => rest);
    },
  };
}
