import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import type { ActionStep, BranchStep, Definition, WaitStep } from '../definition';
import { show } from './harness.fixture';
import { Inspector } from './Inspector';

const of = (step: Definition['steps'][number]): Definition => ({ trigger: { kind: 'event', event: 'appointment.no_show', condition: null }, steps: [step] });
const task: ActionStep = { kind: 'action', id: 'task1', name: null, action: 'task.create', fields: { title: 'Call {{ patient.givenName }}' }, onError: 'stop' };
const first = <S,>(definition: () => Definition) => definition().steps[0] as S;
const choose = async (name: string, option: string) => {
  await userEvent.click(screen.getByRole('combobox', { name }));
  await userEvent.click(await screen.findByRole('option', { name: option, hidden: true }));
};

it('asks for what a block declares, in the words of the page, and keeps it by its key', async () => {
  const now = await show(of(task), <Inspector name="task1" />);
  expect(screen.getByRole('textbox', { name: /Title/ })).toHaveTextContent('Call First name');
  await choose('Priority', 'High');
  await userEvent.type(screen.getByRole('textbox', { name: 'Due after' }), '2');
  // a kind of thing that nobody here knows is entered by its id
  await userEvent.type(screen.getByRole('textbox', { name: 'Asset id' }), 'x1');
  await choose('When this fails', 'Go on');
  expect(first<ActionStep>(now)).toEqual({ ...task, fields: { ...task.fields, priority: 'high', dueInMinutes: 120, assetId: 'x1' }, onError: 'continue' });
  await userEvent.clear(screen.getByRole('textbox', { name: 'Asset id' }));
  expect(first<ActionStep>(now).fields).not.toHaveProperty('assetId');
});

it('offers what the practice has, or what came before', async () => {
  const step: ActionStep = { kind: 'action', id: 'tag1', name: null, action: 'tag.add', fields: { patientId: '{{ patient.id }}' }, onError: 'stop' };
  const now = await show(of(step), <Inspector name="tag1" />);
  await choose('Tag', 'VIP');
  expect(first<ActionStep>(now).fields).toEqual({ patientId: '{{ patient.id }}', tagId: 't1' });
  await userEvent.click(screen.getByRole('button', { name: 'Clear: Patient' }));
  expect(first<ActionStep>(now).fields).toEqual({ tagId: 't1' });
  await userEvent.click(screen.getByRole('button', { name: 'Insert a value: Patient' }));
  await userEvent.click(await screen.findByRole('button', { name: /^Patient/ , hidden: true }));
  expect(first<ActionStep>(now).fields).toEqual({ tagId: 't1', patientId: '{{ patient.id }}' });
});

it('says beside a field what is wrong with it, in the words of the page', async () => {
  const problems = [{ pointer: '/steps/0/fields/title', code: 'step.field_missing', message: 'english', severity: 'error' as const }];
  await show(of(task), <Inspector name="task1" />, { checked: { problems, variables: {} } });
  await waitFor(() => expect(screen.getAllByText('This is needed.').length).toBeGreaterThan(0));
  expect(screen.getByRole('textbox', { name: /Title/ })).toHaveAttribute('aria-invalid', 'true');
});

it('names the field that can stand for one that is missing', async () => {
  const step: ActionStep = { kind: 'action', id: 'sms1', name: null, action: 'message.send_sms', fields: {}, onError: 'stop' };
  const problems = [{ pointer: '/steps/0/fields/text', code: 'step.field_either', message: 'english', severity: 'error' as const }];
  await show(of(step), <Inspector name="sms1" />, { checked: { problems, variables: {} } });
  await waitFor(() => expect(screen.getAllByText('Fill this in, or “Template” instead.').length).toBeGreaterThan(0));
});

it('finds a record by whose it is, and asks nobody for an id', async () => {
  const step: ActionStep = { kind: 'action', id: 'v1', name: null, action: 'visit.follow', fields: {}, onError: 'stop' };
  const now = await show(of(step), <Inspector name="v1" />, { permissions: ['workflows.write', 'patients.read', 'appointments.read'] });
  await userEvent.type(screen.getByRole('combobox', { name: 'Visit id: patient' }), 'Lina');
  await userEvent.click(await screen.findByRole('option', { name: 'Lina Ali', hidden: true }));
  await userEvent.click(screen.getByRole('combobox', { name: 'Visit id' }));
  await userEvent.click(await screen.findByRole('option', { name: /2026/, hidden: true }));
  expect(first<ActionStep>(now).fields).toEqual({ visitId: 'a1' });
});

it('puts together in rows which records are found', async () => {
  const step: ActionStep = { kind: 'action', id: 'f1', name: null, action: 'records.find', fields: { subject: 'appointment' }, onError: 'stop' };
  const now = await show(of(step), <Inspector name="f1" />);
  await userEvent.click(screen.getByRole('button', { name: 'Add a condition' }));
  await choose('Value', 'Status');
  await choose('Compared with', 'Did not come');
  expect(first<ActionStep>(now).fields.filter).toEqual({ all: [{ field: 'status', op: 'eq', value: 'no_show' }] });
  await userEvent.click(screen.getByRole('button', { name: 'Add a condition' }));
  await userEvent.click(screen.getAllByRole('combobox', { name: 'Value' })[1]!);
  await userEvent.click((await screen.findAllByRole('option', { name: 'Patient', hidden: true })).at(-1)!);
  await userEvent.click(screen.getAllByRole('button', { name: 'Insert a value: Compared with' }).at(-1)!);
  await userEvent.click(await screen.findByRole('button', { name: /^Patient/, hidden: true }));
  expect(first<ActionStep>(now).fields.filter).toEqual({ all: [{ field: 'status', op: 'eq', value: 'no_show' }, { field: 'patient', op: 'eq', value: '{{ patient.id }}' }] });
});

it('waits in the unit that people think in', async () => {
  const wait: WaitStep = { kind: 'wait', id: 'w', name: null, wait: { for: 'duration', minutes: 2880 }, within: 'any' };
  const now = await show(of(wait), <Inspector name="w" />);
  expect(screen.getByRole('textbox', { name: 'How long' })).toHaveValue('2');
  await choose('Unit', 'Hours');
  expect(first<WaitStep>(now).wait).toEqual({ for: 'duration', minutes: 120 });
  await choose('It waits', 'Until something happens');
  expect(first<WaitStep>(now).wait).toEqual({ for: 'event', event: '', timeoutMinutes: 1440 });
});

const branch: BranchStep = { kind: 'branch', id: 'b', name: null, paths: [{ id: 'p', name: null, condition: null, steps: [] }], otherwise: [] };
const condition = (now: () => Definition) => first<BranchStep>(now).paths[0]!.condition;

it('puts a condition together in words', async () => {
  const now = await show(of(branch), <Inspector name="b/p" />);
  await userEvent.click(screen.getByRole('button', { name: 'Add a condition' }));
  expect(condition(now)).toBeNull();
  await choose('Value', 'Age');
  await choose('Comparison', 'is at least');
  await userEvent.type(screen.getByRole('textbox', { name: 'Compared with' }), '18');
  expect(condition(now)).toEqual({ and: [{ '>=': [{ var: 'patient.age' }, 18] }] });
  await userEvent.click(screen.getByRole('button', { name: 'Add a group' }));
  await userEvent.click(screen.getAllByRole('combobox', { name: 'Value' })[1]!);
  await userEvent.click((await screen.findAllByRole('option', { name: 'Status', hidden: true })).at(-1)!);
  await userEvent.click(screen.getAllByRole('combobox', { name: 'Compared with' })[0]!);
  await userEvent.click((await screen.findAllByRole('option', { name: 'Did not come', hidden: true })).at(-1)!);
  expect(condition(now)).toEqual({ and: [{ '>=': [{ var: 'patient.age' }, 18] }, { or: [{ '==': [{ var: 'appointment.status' }, 'no_show'] }] }] });
});

it('leaves a condition that it cannot say in words as it is', async () => {
  const foreign = { '>': [{ '+': [{ var: 'patient.age' }, 1] }, 18] };
  const now = await show(of({ ...branch, paths: [{ ...branch.paths[0]!, condition: foreign }] }), <Inspector name="b/p" />);
  const text = screen.getByRole('textbox', { name: 'JSONLogic' });
  expect(JSON.parse((text as HTMLTextAreaElement).value)).toEqual(foreign);
  await userEvent.clear(text);
  await userEvent.type(text, '{{');
  expect(await screen.findByText('This is not JSON yet')).toBeInTheDocument();
  await userEvent.click(screen.getByText('CEL'));
  await userEvent.type(screen.getByRole('textbox', { name: 'CEL' }), 'patient.age > 17');
  expect(condition(now)).toEqual({ cel: 'patient.age > 17' });
});

it('only shows, for those who may not change', async () => {
  const now = await show(of(task), <Inspector name="task1" />, { permissions: ['workflows.read', 'patients.read'] });
  expect(screen.getByRole('textbox', { name: 'Name of the step' })).toHaveAttribute('readonly');
  expect(screen.queryByRole('button', { name: 'Remove' })).toBeNull();
  expect(first<ActionStep>(now)).toEqual(task);
});
