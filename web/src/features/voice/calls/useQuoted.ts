import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Finding, turnsQuery } from './api';
import { lineOfQuote } from './quote';

/** The line of a call that somebody wants to see, after they clicked on words that were heard in it. */
export function useQuoted(id: string) {
  const client = useQueryClient();
  const [marked, setMarked] = useState<number>();
  const onQuote = ({ turn, quote }: Pick<Finding, 'turn' | 'quote'>) => setMarked(turn ?? lineOfQuote(client.getQueryData(turnsQuery(id, false).queryKey) ?? [], quote ?? ''));
  return { marked, onQuote };
}
