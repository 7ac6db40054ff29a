import { expect, it } from 'vitest';
import { added, draftOf, issuesOf, originOf, rulesOf, snippetOf } from './draft';

const rules = {
  enabled: true, services: added([], 'a', 'First visit'), providerIds: null, locationIds: ['l'], chooseProvider: true, mostOpen: 3,
  email: 'optional', reason: 'no', origins: ['https://clinic.example'],
} as const;
const draft = draftOf({ ...rules, locationIds: ['l'], origins: ['https://clinic.example'] });

it('goes to the form and back', () => {
  expect(rulesOf(draft)).toEqual(rules);
  expect(issuesOf(draft)).toEqual({});
});

it('gives each service an address of its own', () => {
  const two = added(added([], 'a', 'Cleaning & polish'), 'b', 'Cleaning: polish');
  expect(two.map((one) => one.slug)).toEqual(['cleaning-polish', 'cleaning-polish-2']);
});

it('says what cannot be', () => {
  const service = draft.services[0]!;
  expect(Object.keys(issuesOf({ ...draft, mostOpen: '0' }))).toEqual(['mostOpen']);
  expect(issuesOf({ ...draft, services: [{ ...service, slug: 'First Visit' }] }).services?.id).toBe('online.rules.wrongSlug');
  expect(issuesOf({ ...draft, services: [service, { ...service, serviceId: 'b' }] }).services?.id).toBe('online.rules.sameSlug');
  for (const wrong of ['http://clinic.example', 'https://*.example', 'clinic.example', 'javascript:alert(1)']) expect(issuesOf({ ...draft, origins: wrong }).origins, wrong).toBeDefined();
});

it('takes websites as people paste them', () => {
  expect(originOf('https://Clinic.example/contact?x=1')).toBe('https://clinic.example');
  expect(rulesOf({ ...draft, origins: 'https://a.example/x\n https://a.example/y http://localhost:7299' }).origins).toEqual(['https://a.example', 'http://localhost:7299']);
});

it('writes a snippet that listens to the page alone', () => {
  const snippet = snippetOf('https://vantage.example/book/alpha', 'Alpha "Dental" <b>');
  expect(snippet).toContain('src="https://vantage.example/book/alpha?embed=1" title="Alpha Dental b"');
  expect(snippet).toContain("e.origin==='https://vantage.example'");
});
