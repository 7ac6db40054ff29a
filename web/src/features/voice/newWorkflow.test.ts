import { expect, it } from 'vitest';
import { emptyDraft, isNameForFiles, issues, nameForFiles, newOf } from './newWorkflow';

it('makes a name for files out of a name for people', () => {
  expect(nameForFiles('Prior authorisation')).toBe('prior_authorisation');
  expect(nameForFiles('تذكير')).toMatch(/^[a-z][a-z0-9_]*$/);
  for (const name of ['Recalls 2026', 'Élan vital', 'x'.repeat(90)]) expect(isNameForFiles(nameForFiles(name)), name).toBe(true);
  for (const wrong of ['', 'Prior', 'prior-auth', '2nd', 'a'.repeat(61)]) expect(isNameForFiles(wrong), wrong).toBe(false);
});

it('asks for a name and a name for files, and begins with whom to call', () => {
  expect(issues(emptyDraft)).toEqual({ name: { id: 'field.required' }, slug: { id: 'field.required' } });
  expect(issues({ name: 'Recalls', nameAr: '', slug: 'Re calls' })).toEqual({ slug: { id: 'callWorkflows.slugWrong' } });
  const made = newOf({ name: ' Recalls ', nameAr: ' ', slug: 'recalls' });
  expect([made.name, made.nameAr, made.fields.map(({ key }) => key)]).toEqual(['Recalls', null, ['patient_name', 'phone']]);
});
