import { expect, it } from 'vitest';
import everydayAr from './ar.json';
import automationAr from './automation.ar.json';
import automationEn from './automation.en.json';
import callsAr from './calls.ar.json';
import callsEn from './calls.en.json';
import consoleAr from './console.ar.json';
import consoleEn from './console.en.json';
import everydayEn from './en.json';
import importsAr from './imports.ar.json';
import importsEn from './imports.en.json';
import { translator } from './index';
import linksAr from './links.ar.json';
import linksEn from './links.en.json';
import messagingAr from './messaging.ar.json';
import messagingEn from './messaging.en.json';
import onlineAr from './online.ar.json';
import onlineEn from './online.en.json';
import patientsAr from './patients.ar.json';
import patientsEn from './patients.en.json';
import offerAr from './offer.ar.json';
import offerEn from './offer.en.json';
import schedulingAr from './scheduling.ar.json';
import schedulingEn from './scheduling.en.json';
import unsubscribeAr from './unsubscribe.ar.json';
import unsubscribeEn from './unsubscribe.en.json';
import tasksAr from './tasks.ar.json';
import tasksEn from './tasks.en.json';
import voiceAr from './voice.ar.json';
import voiceEn from './voice.en.json';
import waitlistAr from './waitlist.ar.json';
import waitlistEn from './waitlist.en.json';
import webhooksAr from './webhooks.ar.json';
import webhooksEn from './webhooks.en.json';

const [en, ar] = [
  {
    ...everydayEn,
    ...consoleEn,
    ...patientsEn,
    ...importsEn,
    ...linksEn,
    ...onlineEn,
    ...schedulingEn,
    ...waitlistEn,
    ...tasksEn,
    ...offerEn,
    ...messagingEn,
    ...unsubscribeEn,
    ...webhooksEn,
    ...automationEn,
    ...voiceEn,
    ...callsEn,
  },
  {
    ...everydayAr,
    ...consoleAr,
    ...patientsAr,
    ...importsAr,
    ...linksAr,
    ...onlineAr,
    ...schedulingAr,
    ...waitlistAr,
    ...tasksAr,
    ...offerAr,
    ...messagingAr,
    ...unsubscribeAr,
    ...webhooksAr,
    ...automationAr,
    ...voiceAr,
    ...callsAr,
  },
];
const FORMS = ['zero', 'one', 'two', 'few', 'many', 'other'];
const ending = new RegExp(`_(${FORMS.join('|')})$`);
const base = (id: string) => id.replace(ending, '');
const counted = [...new Set(Object.keys(en).filter((id) => id.endsWith('_one')).map(base))];

it('has the same ids in both languages', () => {
  const ids = (catalog: object) => [...new Set(Object.keys(catalog).map(base))].sort();
  expect(ids(ar)).toEqual(ids(en));
});

it('has all six plural forms in Arabic, and both in English', () => {
  for (const id of counted) {
    for (const form of FORMS) expect(ar).toHaveProperty([`${id}_${form}`]);
    for (const form of ['one', 'other']) expect(en).toHaveProperty([`${id}_${form}`]);
  }
});

it('uses the same parameters in both languages, except where a form says the number in words', () => {
  const parameters = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]!).sort();
  for (const [id, text] of Object.entries(en)) {
    if (ending.test(id)) continue;
    expect(parameters((ar as Record<string, string>)[id]!), id).toEqual(parameters(text));
  }
  for (const id of counted) expect((ar as Record<string, string>)[`${id}_many`], id).toContain('{{count}}');
});

it('has no empty text and none left in the other script', () => {
  for (const [id, text] of Object.entries(ar)) {
    expect(text.trim(), id).not.toBe('');
    if (id !== 'lang.switch') expect(text, id).toMatch(/[\u0600-\u06ff]/);
  }
});

it('has words for every code that the server may answer with', () => {
  const problems =
    'auth.required auth.token_expired auth.session_ended auth.invalid_credentials auth.forbidden rate.limited body.too_large body.media_type body.malformed validation.failed not_found version.stale idempotency.key_reused idempotency.key_missing practice.slug_taken auth.email_taken service.name_taken service.code_taken db.unavailable db.busy db.timeout server.busy request.timeout origin.refused storage.full internal';
  const fields =
    'required too_short too_long out_of_range invalid unknown_field wrong_type taken invalid_slug invalid_time_zone invalid_currency invalid_country invalid_phone invalid_email password_too_common';
  for (const code of problems.split(' ')) expect(en).toHaveProperty([`problem.${code}`]);
  for (const code of fields.split(' ')) expect(en).toHaveProperty([`field.${code}`]);
});

it('counts the Arabic way', () => {
  const { t } = translator('ar', ar);
  const say = (count: number) => t('services.count', { count });
  expect([0, 1, 2, 3, 11, 100].map(say)).toEqual(['لا توجد خدمات', 'خدمة واحدة', 'خدمتان', '3 خدمات', '11 خدمة', '100 خدمة']);
});
