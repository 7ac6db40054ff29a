import { ApiProblem } from '@/shared/api/problem';
import type { Slot } from './api';

/** Why an appointment cannot be at a time, and what is free near it. */
export type Refusal = {
  code: 'appointment.provider_busy' | 'appointment.room_busy' | 'appointment.patient_busy' | 'appointment.closed';
  busy: { kind: 'provider' | 'room' | 'patient'; id: string }[];
  alternatives: Slot[];
  /** Of a series: which visit it is about, from 1, and when that would begin. */
  number: number | undefined;
  start: string | undefined;
};

const codes: readonly string[] = ['appointment.provider_busy', 'appointment.room_busy', 'appointment.patient_busy', 'appointment.closed'];

/** Undefined for failures of another kind. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof ApiProblem) || !codes.includes(error.problem.code)) return undefined;
  const current = (error.problem.current ?? {}) as Partial<Refusal>;
  const { busy = [], alternatives = [], number, start } = current;
  return { code: error.problem.code as Refusal['code'], busy, alternatives, number, start };
}
