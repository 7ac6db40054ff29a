import { expect, it } from 'vitest';
import type { Assignee } from './api';
import { askedOf, assigneeOf, codeOf } from './assignee';

const id = '01a22d43-1334-712c-b1f6-babe727659fb';
const all: (Assignee | null)[] = [null, { kind: 'person', id }, { kind: 'role', role: 'receptionist' }, { kind: 'own_role', id }];

it('reads every assignee back from the value of its choice', () => {
  for (const one of all) expect(assigneeOf(codeOf(one))).toEqual(one);
  expect(assigneeOf('role:cook')).toBeNull();
});

it('asks for the tasks of one of them, or nobody’s', () => {
  expect(all.map((one) => askedOf(codeOf(one) ?? undefined))).toEqual([{}, { assigneeId: id }, { role: 'receptionist' }, { roleId: id }]);
  expect(askedOf('nobody')).toEqual({ unassigned: true });
});
