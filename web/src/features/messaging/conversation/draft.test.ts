import { expect, it } from 'vitest';
import type { Template } from '../api';
import { bodyOf, type Draft, isReady, onChannel, previewOf, withTemplate } from './draft';

const draft: Draft = { channel: 'sms', templateId: null, purpose: 'transactional', language: 'ar', appointmentId: null, subject: '', text: '', replyTo: '', at: '', files: [] };
const template: Template = {
  id: 't',
  name: 'Please confirm',
  channel: 'email',
  purpose: 'marketing',
  texts: { subjectEn: 'Visit', textEn: 'Hello', subjectAr: 'موعد', textAr: 'مرحبًا' },
  number: 1,
  key: null,
  archivedAt: null,
  version: 1,
};
const instantOf = (local: string) => `${local}Z`;

it('takes the words of a template in the language of the draft, and what it is for', () => {
  expect(withTemplate(draft, template)).toMatchObject({ templateId: 't', purpose: 'marketing', subject: 'موعد', text: 'مرحبًا' });
  expect(withTemplate({ ...draft, language: 'en' }, template)).toMatchObject({ subject: 'Visit', text: 'Hello' });
  expect(withTemplate({ ...draft, templateId: 't', text: 'own' }, undefined)).toMatchObject({ templateId: null, text: 'own' });
});

it('sends a template by its id, and own words as they are', () => {
  expect(bodyOf('p', withTemplate({ ...draft, channel: 'email' }, template), instantOf)).toEqual({ patientId: 'p', channel: 'email', purpose: 'marketing', language: 'ar', templateId: 't' });
  const own = { ...draft, channel: 'email' as const, subject: ' About ', text: ' words ', replyTo: ' a@example.com ', appointmentId: 'v', at: '2030-01-01T09:00', files: [{ id: 'f', name: 'x.pdf' }] };
  expect(bodyOf('p', own, instantOf)).toEqual({
    patientId: 'p',
    channel: 'email',
    purpose: 'transactional',
    language: 'ar',
    subject: 'About',
    text: 'words',
    appointmentId: 'v',
    replyTo: 'a@example.com',
    attachments: ['f'],
    notBefore: '2030-01-01T09:00Z',
  });
});

it('leaves out of a text message what only an e-mail has', () => {
  const sms = { ...draft, subject: 'left over', text: 'words', replyTo: 'a@example.com', files: [{ id: 'f', name: 'x.pdf' }] };
  expect(bodyOf('p', sms, instantOf)).toEqual({ patientId: 'p', channel: 'sms', purpose: 'transactional', language: 'ar', text: 'words' });
  expect(previewOf('p', sms, instantOf)).toEqual({ patientId: 'p', channel: 'sms', purpose: 'transactional', language: 'ar', text: 'words' });
});

it('asks for a preview of what is there so far, and sends nothing that is not whole', () => {
  expect(previewOf('p', { ...draft, channel: 'email', text: ' a ' }, instantOf)).toEqual({ patientId: 'p', channel: 'email', purpose: 'transactional', language: 'ar', text: 'a' });
  expect(previewOf('p', { ...draft, text: ' ' }, instantOf)).not.toHaveProperty('text');
  const planned = { ...draft, templateId: 't', appointmentId: 'v', at: '2030-01-01T09:00' };
  expect(previewOf('p', planned, instantOf)).toEqual({ patientId: 'p', channel: 'sms', purpose: 'transactional', language: 'ar', templateId: 't', appointmentId: 'v', notBefore: '2030-01-01T09:00Z' });
  expect([isReady(draft), isReady({ ...draft, text: 'x' }), isReady({ ...draft, channel: 'email', text: 'x' }), isReady({ ...draft, channel: 'email', text: 'x', subject: 'y' })]).toEqual([false, true, false, true]);
});

it('keeps own words on another channel, and no words of a template', () => {
  expect(onChannel({ ...draft, text: 'own' }, 'email')).toMatchObject({ channel: 'email', text: 'own' });
  expect(onChannel({ ...draft, templateId: 't', text: 'its', subject: 's' }, 'email')).toMatchObject({ channel: 'email', templateId: null, text: '', subject: '' });
});
