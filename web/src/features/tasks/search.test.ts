import { expect, it } from 'vitest';
import { validateTasksSearch } from './search';

const id = '01a22d43-1334-712c-b1f6-babe727659fb';

it('keeps what fits and drops the rest and the defaults', () => {
  expect(validateTasksSearch({ tab: 'mine', who: 'nobody', new: 'yes', task: 'x', title: 'Call Sara' })).toEqual({});
  expect(validateTasksSearch({ tab: 'open', who: `person:${id}`, task: id, new: true })).toEqual({ tab: 'open', who: `person:${id}`, task: id, new: true });
  expect(validateTasksSearch({ tab: 'done', who: 'role:receptionist' })).toEqual({ tab: 'done', who: 'role:receptionist' });
  expect(validateTasksSearch({ tab: 'overdue', who: 'person:Sara' })).toEqual({ tab: 'overdue' });
});
