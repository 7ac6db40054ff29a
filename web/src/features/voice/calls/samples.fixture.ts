import type { CallDetail, CallWorkflow, Field, Finding, Turn } from './api';

const AT = '2026-12-01T06:00:00Z';

/** For tests: a call about a prior authorisation that is over. */
export const callOf = (more: Partial<CallDetail> = {}): CallDetail => ({
  id: 'c',
  callWorkflowId: 'w',
  caseId: 'k',
  patientId: null,
  direction: 'outbound',
  runtime: 'native',
  transport: 'text',
  state: 'ended',
  outcome: 'completed',
  endedBy: 'agent',
  errorCode: null,
  flowId: 'f',
  attempt: 1,
  dueAt: null,
  requestedBy: 'person',
  requestedId: null,
  startedAt: AT,
  answeredAt: AT,
  endedAt: AT,
  talkMs: 61_000,
  holdMs: 0,
  turns: 2,
  costMicros: 0,
  costs: {},
  latencyP50: null,
  latencyP99: null,
  review: 'open',
  reviewedAt: null,
  reviewedBy: null,
  version: 4,
  createdAt: AT,
  updatedAt: AT,
  patient: null,
  number: null,
  summary: null,
  findings: [],
  ...more,
});

export const findingOf = (key: string, value: unknown, more: Partial<Finding> = {}): Finding => ({ target: 'case', key, value, before: null, quote: null, turn: null, state: 'open', decidedAt: null, decidedBy: null, ...more });

export const turnOf = (seq: number, who: Turn['who'], text: string, more: Partial<Turn> = {}): Turn => ({ seq, who, node: null, atMs: seq * 1000, endedMs: null, text, interrupted: false, isRedacted: false, latency: null, ...more });

const fieldOf = (key: string, en: string, type: Field['type'], more: Partial<Field> = {}) => ({ key, label: { en, ar: null }, type, options: [], ...more }) as Field;
export const workflow = {
  id: 'w',
  slug: 'prior_auth',
  name: 'Prior authorisation',
  nameAr: null,
  enabled: true,
  fields: [fieldOf('status', 'Status', 'select', { options: [{ value: 'approved', label: { en: 'Approved', ar: null } }] }), fieldOf('until', 'Valid until', 'date')],
} as unknown as CallWorkflow;
