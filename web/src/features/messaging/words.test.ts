import { expect, it } from 'vitest';
import { translator } from '@/shared/i18n';
import ar from '@/shared/i18n/messaging.ar.json';
import en from '@/shared/i18n/messaging.en.json';
import type { State } from './api';
import { states } from './search';
import { actsOf, lineOf, problemText, reasonText, repeatedOf, sourceText, understoodText } from './words';

const words = translator('en', en);

it('has words for why a message does not go out, whoever says it', () => {
  const hindrances = 'unknown deleted deceased no_address refused not_agreed bounced complained unsubscribed stopped suppressed_by_hand daily_cap quiet_hours'.split(' ');
  const told = 'twilio.key_refused sendgrid.sender_refused smtp.connection smtp.tls twilio.opted_out twilio.unknown sandbox.bounce by_hand sent_again left'.split(' ');
  for (const code of [...hindrances, ...told]) {
    expect(reasonText(words, code), code).not.toContain('For another reason');
    expect(reasonText(translator('ar', ar), code), code).not.toContain('لسبب آخر');
  }
  // of the patient, and of an answer
  expect(reasonText(words, 'unknown')).not.toBe(reasonText(words, 'twilio.unknown'));
  expect(reasonText(words, 'carrier.of_tomorrow')).toContain('carrier.of_tomorrow');
});

it('has a word for every state in both languages', () => {
  for (const catalog of [en, ar]) for (const state of states) expect(catalog).toHaveProperty([`messages.state.${state}`]);
});

it('says what was understood of what came in, and of nothing else', () => {
  expect(understoodText(words, { direction: 'in', reason: 'confirm' })).toMatch(/confirmed/);
  expect(understoodText(words, { direction: 'in', reason: 'something_else' })).toBeUndefined();
  expect(understoodText(words, { direction: 'in', reason: null })).toBeUndefined();
  expect(understoodText(words, { direction: 'out', reason: 'confirm' })).toBeUndefined();
});

it('names what wrote by itself, and not people', () => {
  expect(sourceText(words, { direction: 'out', source: 'rule' })).toBe('by a reminder');
  expect(sourceText(words, { direction: 'out', source: 'person' })).toBeUndefined();
  expect(sourceText(words, { direction: 'in', source: 'person' })).toBeUndefined();
});

it('offers what can be done about a message as it stands', () => {
  const acts = (state: State, reason: string | null = null) => actsOf({ direction: 'out', state, reason });
  expect([acts('queued'), acts('unknown'), acts('failed'), acts('suppressed')]).toEqual(['cancel', 'decide', 'retry', 'retry']);
  for (const state of ['sending', 'sent', 'delivered', 'bounced', 'opened', 'replied', 'cancelled'] as const) expect(acts(state), state).toBeUndefined();
  expect(acts('failed', 'sent_again')).toBeUndefined();
  expect(actsOf({ direction: 'in', state: 'received', reason: null })).toBeUndefined();
  expect([...repeatedOf([{ retryOfId: 'a' }, { retryOfId: null }])]).toEqual(['a']);
});

it('puts a message into one line', () => {
  expect(lineOf({ subject: null, text: 'one\n\n two ' })).toBe('one two');
  expect(lineOf({ subject: 'About', text: 'one' })).toBe('About — one');
});

it('says what is wrong with a template and where, and in the server’s words what it does not know', () => {
  const problem = { field: 'textEn', line: 3, column: 1, message: 'of the server' };
  expect(problemText(words, { ...problem, code: 'template.unknown_variable' })).toContain('3');
  expect(problemText(words, { ...problem, code: 'template.of_tomorrow' })).toBe('of the server');
});
