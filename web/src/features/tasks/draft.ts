import { parseTime, showTime } from '@/features/practice/hours/time';
import { orNull } from '@/shared/forms/merge';
import type { Labels } from '@/shared/forms/useFields';
import type { Issues } from '@/shared/forms/useRecordForm';
import type { Task, TaskFields } from './api';
import { assigneeOf, codeOf } from './assignee';

export type Draft = {
  title: string;
  text: string;
  patientId: string | null;
  /** As the value of a choice. */
  assignee: string | null;
  dueOn: string;
  /** As it is typed. */
  dueTime: string;
  high: boolean;
};

export type Known = Partial<Pick<Draft, 'title' | 'patientId' | 'assignee'>>;

export const emptyDraft = (known: Known): Draft => ({ title: known.title ?? '', text: '', patientId: known.patientId ?? null, assignee: known.assignee ?? null, dueOn: '', dueTime: '', high: false });

export const draftOf = (task: Task): Draft => ({
  title: task.title,
  text: task.text ?? '',
  patientId: task.patientId,
  assignee: codeOf(task.assignee),
  dueOn: task.dueOn ?? '',
  dueTime: task.dueTime ?? '',
  high: task.priority === 'high',
});

export const labels: Labels<Draft> = {
  title: 'tasks.field.title',
  text: 'tasks.field.text',
  patientId: 'scheduling.book.patient',
  assignee: 'tasks.field.assignee',
  dueOn: 'tasks.field.dueOn',
  dueTime: 'tasks.field.dueTime',
  high: 'tasks.field.high',
};

const DAY_END = 24 * 60;

/** A time of day as people type it, as `08:00` and so on; undefined for what is none. */
export function timeOf(text: string): string | undefined {
  const minute = parseTime(text);
  return minute === undefined || minute >= DAY_END ? undefined : showTime(minute);
}

export function issuesOf(d: Draft): Issues<Draft> {
  const found: Issues<Draft> = {};
  if (!d.title.trim()) found.title = { id: 'field.required' };
  if (d.dueTime.trim() && !timeOf(d.dueTime)) found.dueTime = { id: 'tasks.badTime' };
  if (d.dueTime.trim() && !d.dueOn) found.dueOn = { id: 'field.required' };
  return found;
}

/** Only for a draft without issues. */
export const fieldsOf = (d: Draft): TaskFields => ({
  title: d.title.trim(),
  text: orNull(d.text),
  patientId: d.patientId,
  assignee: assigneeOf(d.assignee),
  dueOn: orNull(d.dueOn),
  dueTime: timeOf(d.dueTime) ?? null,
  priority: d.high ? 'high' : 'normal',
});
