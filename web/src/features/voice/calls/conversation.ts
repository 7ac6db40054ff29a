/** Who said or did something in a call. */
export const speakers = ['agent', 'caller', 'staff', 'tool', 'key', 'note'] as const;
export type Speaker = (typeof speakers)[number];

/** A line of what was said. Times are milliseconds since the call began. */
export type Line = {
  seq: number;
  who: Speaker;
  node: string | null;
  atMs: number;
  endedMs: number | null;
  text: string;
  interrupted: boolean;
};

/** What the server tells of a call while it is under way, and what the socket itself knows. */
export type Told =
  | { type: 'snapshot'; node: string | null; hold: boolean; taken: boolean; turns: Line[] }
  | { type: 'live' }
  | { type: 'turn'; turn: Line }
  | { type: 'partial'; who: Speaker; text: string }
  | { type: 'node'; node: string }
  | { type: 'hold'; on: boolean }
  | { type: 'taken'; on: boolean }
  | { type: 'clear' }
  | { type: 'ended'; outcome: string | null; endedBy: string }
  | { type: 'error'; code: string };

/**
 * `connecting` until the server has answered, `open` while the call runs, `broken` while it is tried again, `lost` when
 * that was given up, `gone` when the call is not under way there, `ended` when it is over.
 */
export type Phase = 'connecting' | 'open' | 'broken' | 'lost' | 'gone' | 'ended';

export type Conversation = {
  phase: Phase;
  lines: readonly Line[];
  /** What somebody is saying right now, which is no line yet. */
  partial: { readonly [who in Speaker]?: string };
  node: string | null;
  hold: boolean;
  /** Somebody of the practice speaks instead of the agent. */
  taken: boolean;
  outcome: string | null;
  endedBy: string | null;
  /** What could not be done, last. */
  fault: string | null;
};

export const silence: Conversation = { phase: 'connecting', lines: [], partial: {}, node: null, hold: false, taken: false, outcome: null, endedBy: null, fault: null };

/** A line that is known already is replaced by what is known of it now; the others keep their order. */
function withLine(lines: readonly Line[], line: Line): readonly Line[] {
  const at = lines.findIndex(({ seq }) => seq >= line.seq);
  if (at < 0) return [...lines, line];
  return lines[at]!.seq === line.seq ? lines.with(at, line) : lines.toSpliced(at, 0, line);
}

function without(partial: Conversation['partial'], who: Speaker): Conversation['partial'] {
  const { [who]: _said, ...others } = partial;
  return others;
}

/** What is known after a message. Nothing comes after the end. */
export function after(now: Conversation, told: Told): Conversation {
  if (now.phase === 'ended') return now;
  switch (told.type) {
    case 'snapshot':
      return { ...now, phase: 'open', lines: told.turns.reduce(withLine, [] as readonly Line[]), partial: {}, node: told.node, hold: told.hold, taken: told.taken };
    case 'live':
      return { ...now, phase: 'open' };
    case 'turn':
      return { ...now, lines: withLine(now.lines, told.turn), partial: without(now.partial, told.turn.who), node: told.turn.node ?? now.node };
    case 'partial':
      return { ...now, partial: told.text ? { ...now.partial, [told.who]: told.text } : without(now.partial, told.who) };
    case 'node':
      return { ...now, node: told.node };
    case 'hold':
      return { ...now, hold: told.on };
    case 'taken':
      return { ...now, taken: told.on };
    case 'clear':
      return { ...now, partial: without(now.partial, 'agent') };
    case 'ended':
      return { ...now, phase: 'ended', partial: {}, hold: false, outcome: told.outcome, endedBy: told.endedBy };
    case 'error':
      return { ...now, fault: told.code };
  }
}

/** How the connection stands; the end of a call stays its end. */
export const connected = (now: Conversation, phase: Phase): Conversation => (now.phase === 'ended' ? now : { ...now, phase });

const text = (value: unknown) => (typeof value === 'string' ? value : '');
const textOrNull = (value: unknown) => (typeof value === 'string' ? value : null);
const numberOrNull = (value: unknown) => (typeof value === 'number' ? value : null);
const speakerOf = (value: unknown): Speaker => speakers.find((one) => one === value) ?? 'note';

function lineOf(value: unknown): Line | undefined {
  if (!value || typeof value !== 'object') return undefined;
  const { seq, who, node, atMs, endedMs, text: words, interrupted } = value as Record<string, unknown>;
  if (typeof seq !== 'number') return undefined;
  return { seq, who: speakerOf(who), node: textOrNull(node), atMs: numberOrNull(atMs) ?? 0, endedMs: numberOrNull(endedMs), text: text(words), interrupted: interrupted === true };
}

/** Reads a message of the server; undefined for what this page does not know, as a newer server may send. */
export function toldOf(data: string): Told | undefined {
  let message: unknown;
  try {
    message = JSON.parse(data);
  } catch {
    return undefined;
  }
  if (!message || typeof message !== 'object') return undefined;
  const { type, turn, turns, ...m } = message as Record<string, unknown>;
  switch (type) {
    case 'snapshot':
      return { type, node: textOrNull(m.node), hold: m.hold === true, taken: m.taken === true, turns: (Array.isArray(turns) ? turns : []).map(lineOf).filter((line) => line !== undefined) };
    case 'turn': {
      const line = lineOf(turn);
      return line && { type, turn: line };
    }
    case 'partial':
      return { type, who: speakerOf(m.who), text: text(m.text) };
    case 'node':
      return { type, node: text(m.node) };
    case 'hold':
    case 'taken':
      return { type, on: m.on === true };
    case 'ended':
      return { type, outcome: textOrNull(m.outcome), endedBy: text(m.endedBy) };
    case 'error':
      return { type, code: text(m.code) };
    case 'live':
    case 'clear':
      return { type };
    default:
      return undefined;
  }
}
