/** What a workflow does, as the server keeps it: a tree of steps, so that its layout can be computed. */
export type Definition = { trigger: Trigger | null; steps: Step[] };

/** JSONLogic as the editor writes it, or CEL as somebody wrote it. */
export type Condition = Record<string, unknown> | null;

export type Trigger =
  | { kind: 'event'; event: string; condition?: Condition }
  | { kind: 'date'; subject: string; date: string; offsetMinutes: number; condition?: Condition }
  | { kind: 'schedule'; every: 'day' | 'week' | 'month'; at: string; weekdays?: string[]; day?: number }
  | { kind: 'webhook' }
  | { kind: 'hand'; subject: string | null };

type Named = { id: string; name: string | null };
export type Path = Named & { condition: Condition; steps: Step[] };

export type ActionStep = Named & { kind: 'action'; action: string; fields: Record<string, unknown>; retry?: { attempts: number } | null; onError?: 'stop' | 'continue' };
export type BranchStep = Named & { kind: 'branch'; paths: Path[]; otherwise: Step[] };
export type LoopStep = Named & { kind: 'loop'; list: string; limit: number; steps: Step[] };
export type WaitStep = Named & { kind: 'wait'; wait: Wait; within?: Within };
export type StopStep = Named & { kind: 'stop'; outcome: 'done' | 'failed'; message: string | null };
export type Step = ActionStep | BranchStep | LoopStep | WaitStep | StopStep;

export type Within = 'any' | 'waking' | 'opening';
export type Wait = { for: 'duration'; minutes: number } | { for: 'date'; date: string; offsetMinutes: number } | { for: 'event'; event: string; timeoutMinutes: number };

export const emptyDefinition: Definition = { trigger: null, steps: [] };
