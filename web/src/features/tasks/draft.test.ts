import { expect, it } from 'vitest';
import { emptyDraft, fieldsOf, issuesOf, timeOf } from './draft';

const draft = { ...emptyDraft({}), title: ' Call ' };

it('needs a title, a time that is one, and a day for it', () => {
  expect(issuesOf(draft)).toEqual({});
  expect(issuesOf({ ...draft, title: '  ' })).toEqual({ title: { id: 'field.required' } });
  expect(issuesOf({ ...draft, dueOn: '2030-06-02', dueTime: 'noon' })).toEqual({ dueTime: { id: 'tasks.badTime' } });
  expect(issuesOf({ ...draft, dueTime: '9' })).toEqual({ dueOn: { id: 'field.required' } });
});

it('reads times as people type them, within the day', () => {
  expect(['9', '2 pm', '0930', '٩:٣٠ م', '24:00', ''].map(timeOf)).toEqual(['09:00', '14:00', '09:30', '21:30', undefined, undefined]);
});

it('sends what was entered without blanks, and nothing for nothing', () => {
  expect(fieldsOf({ ...draft, text: ' ', high: true, assignee: 'role:staff' })).toEqual({
    title: 'Call',
    text: null,
    patientId: null,
    assignee: { kind: 'role', role: 'staff' },
    dueOn: null,
    dueTime: null,
    priority: 'high',
  });
});
