import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Draft } from './draft';

const KEPT = ['half_written'] as const;

/** What was begun to a patient. It is in the memory of this page and nowhere else, and goes with the session. */
export const keptOf = (client: QueryClient, patientId: string) => client.getQueryData<Draft>([...KEPT, patientId]);

/** Keeps it until it is sent or discarded, wherever one goes meanwhile. */
function keep(client: QueryClient, patientId: string, draft: Draft) {
  // nobody looks at it while one is elsewhere, and it stays
  client.setQueryDefaults(KEPT, { gcTime: Infinity });
  client.setQueryData([...KEPT, patientId], draft);
}

const forget = (client: QueryClient, patientId: string) => client.removeQueries({ queryKey: [...KEPT, patientId], exact: true });

/** Whether somebody would miss it; the visit is chosen by itself. */
export const isBegun = (draft: Draft) => [draft.subject, draft.text, draft.replyTo, draft.at].some((text) => text.trim()) || !!draft.templateId || draft.files.length > 0;

/** The draft of a message to a patient, as it was left. */
export function useKeptDraft(patientId: string, empty: Draft) {
  const client = useQueryClient();
  const [kept] = useState(() => keptOf(client, patientId));
  const [draft, setDraft] = useState(kept ?? empty);
  useEffect(() => {
    if (isBegun(draft)) keep(client, patientId, draft);
    else forget(client, patientId);
  }, [client, patientId, draft]);
  return { draft, setDraft, resumed: !!kept, forget: () => forget(client, patientId) };
}
