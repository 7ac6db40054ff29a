import { expect, it } from 'vitest';
import { translator } from '@/shared/i18n';
import ar from '@/shared/i18n/messaging.ar.json';
import en from '@/shared/i18n/messaging.en.json';
import { changesOf, draftOf, empty, issuesOf, nameOf, previewed } from './draft';
import { insertAt, sampleOf, variableName, variables, variableText } from './variables';

const base = { id: 't', name: 'Please confirm', channel: 'sms' as const, purpose: 'transactional' as const, texts: { subjectEn: null, textEn: 'Hello', subjectAr: null, textAr: 'مرحبًا' }, number: 1, key: 'confirm.sms', archivedAt: null, version: 1 };

it('inserts where one was writing, with a space where words would touch', () => {
  expect(insertAt('Dear ,', '{{ x }}', 5, 5)).toEqual({ text: 'Dear {{ x }},', caret: 12 });
  expect(insertAt('Dear', '{{ x }}', 4, 4)).toEqual({ text: 'Dear {{ x }}', caret: 12 });
  expect(insertAt('a b c', 'X', 2, 3)).toEqual({ text: 'a X c', caret: 3 });
  expect(insertAt('', 'X', 0, 0)).toEqual({ text: 'X', caret: 1 });
});

it('has a name and a sample for each variable in both languages', () => {
  for (const [lang, catalog] of [['en', en], ['ar', ar]] as const)
    for (const name of variables) {
      expect(variableName(translator(lang, catalog), name)).not.toBe(name);
      expect(sampleOf(name, lang)).not.toBe('');
    }
  expect(variableText('patient.name')).toBe('{{ patient.name }}');
});

it('sends only what is different, all texts together', () => {
  expect(changesOf(draftOf(base), base)).toEqual({});
  expect(changesOf({ ...draftOf(base), name: ' New ' }, base)).toEqual({ name: 'New' });
  expect(changesOf({ ...draftOf(base), textEn: 'Hi' }, base)).toEqual({ texts: { ...base.texts, textEn: 'Hi' } });
});

it('asks for both languages, and for subjects of e-mails', () => {
  expect(Object.keys(issuesOf(empty))).toEqual(['name', 'textEn', 'textAr']);
  expect(Object.keys(issuesOf({ ...empty, channel: 'email' }))).toEqual(['name', 'textEn', 'textAr', 'subjectEn', 'subjectAr']);
  expect(issuesOf(draftOf(base))).toEqual({});
});

it('previews one language while the other is still empty', () => {
  expect(previewed({ ...draftOf(base), textAr: '' }, 'en')).toEqual({ subjectEn: null, textEn: 'Hello', subjectAr: null, textAr: 'Hello' });
});

it('calls the product’s own by what they are for, until somebody has changed them', () => {
  expect(nameOf(translator('ar', ar), { ...base, version: 0 })).toBe('طلب تأكيد الموعد');
  expect(nameOf(translator('ar', ar), base)).toBe('Please confirm');
  expect(nameOf(translator('ar', ar), { ...base, key: 'of_tomorrow.sms', version: 0 })).toBe('Please confirm');
});
