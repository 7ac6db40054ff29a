import { type Lookup, type T, useLang } from '@/shared/i18n';
import type { Channel, Message, TemplateProblem } from './api';

type Words = { t: T; lookup: Lookup };

/**
 * Why a message waits, was held back or failed, or what is wrong with a provider: what `twilio.key_refused` means is the
 * same with all of them. A newer server may have reasons that this page has no words for.
 */
export const reasonText = ({ t, lookup }: Words, code: string) =>
  lookup(code.includes('.') ? `messages.fault.${code.slice(code.indexOf('.') + 1)}` : `messages.reason.${code}`) ?? t('messages.reason.other', { code });

/** What is wrong with a template, in words. */
export const problemText = ({ lookup }: Pick<Words, 'lookup'>, problem: TemplateProblem) => lookup(`messages.problem.${problem.code}`, { line: problem.line }) ?? problem.message;

/** What was understood of a message that came in; nothing, where it was just a message. */
export const understoodText = ({ lookup }: Words, message: Pick<Message, 'direction' | 'reason'>) =>
  message.direction === 'in' && message.reason ? lookup(`messages.understood.${message.reason}`) : undefined;

/** By whom it was wanted, where that was no person. */
export const sourceText = ({ lookup }: Words, message: Pick<Message, 'direction' | 'source'>) =>
  message.direction === 'out' ? lookup(`messages.by.${message.source}`) : undefined;

/** One line of what it says. */
export const lineOf = (message: Pick<Message, 'subject' | 'text'>) => [message.subject, message.text.replace(/\s+/g, ' ').trim()].filter(Boolean).join(' — ');

/** What can be done about a message, as it stands. */
export function actsOf({ direction, state, reason }: Pick<Message, 'direction' | 'state' | 'reason'>): 'retry' | 'cancel' | 'decide' | undefined {
  if (direction === 'in') return undefined;
  if (state === 'queued') return 'cancel';
  if (state === 'unknown') return 'decide';
  return (state === 'failed' && reason !== 'sent_again') || state === 'suppressed' ? 'retry' : undefined;
}

/** Messages that were sent once more: nothing needs to be done about them. */
export const repeatedOf = (messages: readonly Pick<Message, 'retryOfId'>[]) => new Set(messages.flatMap((message) => message.retryOfId ?? []));

export const otherChannel = (channel: Channel): Channel => (channel === 'sms' ? 'email' : 'sms');

export function useMessageWords() {
  const words = useLang();
  return {
    reason: (code: string) => reasonText(words, code),
    problem: (problem: TemplateProblem) => problemText(words, problem),
    understood: (message: Pick<Message, 'direction' | 'reason'>) => understoodText(words, message),
    source: (message: Pick<Message, 'direction' | 'source'>) => sourceText(words, message),
  };
}
