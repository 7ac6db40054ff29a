import { expect, it } from 'vitest';
import { translator } from '@/shared/i18n';
import ar from '@/shared/i18n/messaging.ar.json';
import en from '@/shared/i18n/messaging.en.json';
import { bodyOf, draftOf, providersOf } from './channel';
import { quietHours } from './quiet';
import { sentenceOf } from './sentence';
import { changesOf, draftOf as ruleDraft, issuesOf, leadOf, leadText, newOf } from './rule';

it('counts the quiet hours over midnight, and none from a time to itself', () => {
  expect([quietHours('21:00', '07:00'), quietHours('13:00', '14:30'), quietHours('22:45', '06:00')]).toEqual(['10', '1.5', '7.25']);
  expect(quietHours('08:00', '08:00')).toBeUndefined();
});

it('says how long before in the largest unit that fits', () => {
  expect([leadOf(1440), leadOf(2880), leadOf(180), leadOf(90), leadOf(15)]).toEqual([
    { amount: 1, unit: 'days' },
    { amount: 2, unit: 'days' },
    { amount: 3, unit: 'hours' },
    { amount: 90, unit: 'minutes' },
    { amount: 15, unit: 'minutes' },
  ]);
  expect(leadText(translator('en', en).t, 1440)).toBe('1 day before');
  expect([1440, 2880, 4320].map((minutes) => leadText(translator('ar', ar).t, minutes))).toEqual(['قبل يوم', 'قبل يومين', 'قبل 3 أيام']);
});

const rule = { id: 'r', name: 'Day before', channel: 'sms' as const, templateId: 't', offsetMinutes: 1440, serviceIds: [], locationIds: [], skipConfirmed: false, enabled: true, archivedAt: null, version: 1 };

it('says a reminder as a sentence, in both languages', () => {
  const says = (lang: 'en' | 'ar', catalog: object, more: object, names = {}) => sentenceOf({ t: translator(lang, catalog as never).t, lang }, { ...rule, ...more }, names).replace(/[\u2066-\u2069]/g, '');
  expect(says('en', en, {})).toBe('1 day before the appointment, by SMS.');
  const whole = { offsetMinutes: 180, channel: 'email', skipConfirmed: true, serviceIds: ['a', 'b'], locationIds: ['c'] };
  expect(says('en', en, whole, { template: 'Ours', services: ['Cleaning', 'Consultation'], locations: ['Olaya'] })).toBe(
    '3 hours before the appointment, by email, only if it is not confirmed yet, for Cleaning and Consultation, at Olaya, with the template “Ours”.',
  );
  // what somebody may not read has no name here
  expect(says('en', en, whole, { services: [undefined, undefined] })).toBe('3 hours before the appointment, by email, only if it is not confirmed yet, for some services only, at some locations only.');
  expect(says('ar', ar, { skipConfirmed: true, serviceIds: ['a'] }, { services: ['تنظيف'] })).toBe('قبل الموعد بيوم، برسالة نصية، إن لم يُؤكَّد بعد فقط، لهذه الخدمات: تنظيف.');
  expect(says('ar', ar, { offsetMinutes: 2880, channel: 'email', locationIds: ['c'] }, { template: 'تذكير', locations: ['العليا'] })).toBe('قبل الموعد بيومين، بالبريد الإلكتروني، في: العليا، بالقالب «تذكير».');
});

it('sends all of a rule that changed, and nothing of one that did not', () => {
  expect(changesOf(ruleDraft(rule), rule)).toEqual({});
  expect(changesOf({ ...ruleDraft(rule), amount: 24, unit: 'hours' }, rule)).toEqual({});
  expect(changesOf({ ...ruleDraft(rule), amount: 2 }, rule)).toEqual({ rule: { ...newOf(ruleDraft(rule)), offsetMinutes: 2880 } });
});

it('refuses reminders that come too soon or too early, or say nothing', () => {
  const issues = (more: object) => Object.keys(issuesOf({ ...ruleDraft(rule), ...more }));
  expect(issues({})).toEqual([]);
  expect(issues({ name: ' ', templateId: null, amount: 10, unit: 'minutes' })).toEqual(['name', 'templateId', 'amount']);
  expect([issues({ amount: 60 }), issues({ amount: 61 }), issues({ amount: 1.5 }), issues({ amount: 15, unit: 'minutes' })]).toEqual([[], ['amount'], ['amount'], []]);
});

const none = { provider: 'sandbox' as const, settings: draftSettings() };
function draftSettings() {
  return { fromName: null, fromAddress: null, replyTo: null, host: null, port: null, tls: 'implicit' as const, user: null, baseUrl: null, sandboxMode: false, trackOpens: false, eventKey: null, accountSid: null, fromNumber: null, messagingServiceSid: null };
}

it('sends along only what belongs to the provider', () => {
  const all = { ...draftOf(none), fromAddress: 'a@example.com', host: 'mail.example.com', port: '587', accountSid: 'AC1', fromNumber: '+966500000000', secret: ' key ', eventKey: 'k', trackOpens: true };
  const empty = draftSettings();
  expect(bodyOf({ channel: 'email', version: 2 }, { ...all, provider: 'smtp', tls: 'starttls' })).toEqual({
    channel: 'email',
    version: 2,
    provider: 'smtp',
    settings: { ...empty, fromAddress: 'a@example.com', host: 'mail.example.com', tls: 'starttls', port: 587 },
    secret: 'key',
  });
  expect(bodyOf({ channel: 'sms', version: 0 }, { ...all, provider: 'twilio' }).settings).toEqual({ ...empty, accountSid: 'AC1', fromNumber: '+966500000000' });
  expect(bodyOf({ channel: 'email', version: 0 }, { ...all, provider: 'sendgrid', secret: '' })).toEqual({
    channel: 'email',
    version: 0,
    provider: 'sendgrid',
    settings: { ...empty, fromAddress: 'a@example.com', eventKey: 'k', trackOpens: true },
  });
  expect(bodyOf({ channel: 'sms', version: 0 }, { ...all, provider: 'sandbox', secret: '' }).settings).toEqual(empty);
});

it('offers the installation’s server only where there is one', () => {
  expect(providersOf('email', true)).toContain('installation');
  expect(providersOf('email', false)).not.toContain('installation');
  expect(providersOf('sms', true)).toEqual(['sandbox', 'twilio']);
});
