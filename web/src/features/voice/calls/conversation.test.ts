import { expect, it } from 'vitest';
import { after, connected, type Conversation, type Line, silence, type Told, toldOf } from './conversation';

const line = (seq: number, text: string, more: Partial<Line> = {}): Line => ({ seq, who: 'agent', node: null, atMs: seq * 1000, endedMs: null, text, interrupted: false, ...more });
const told = (...messages: Told[]): Conversation => messages.reduce(after, silence);
const said = (now: Conversation) => now.lines.map(({ text }) => text);

it('puts lines in their order, and more of a line in its place', () => {
  const now = told({ type: 'live' }, { type: 'turn', turn: line(2, 'c') }, { type: 'turn', turn: line(0, 'a') }, { type: 'turn', turn: line(1, 'b') }, { type: 'turn', turn: line(1, 'b, and more', { interrupted: true }) });
  expect(said(now)).toEqual(['a', 'b, and more', 'c']);
  expect(now.lines[1]!.interrupted).toBe(true);
  expect(now.phase).toBe('open');
});

it('comes to the same lines in whatever order they arrive', () => {
  const lines = Array.from({ length: 9 }, (_, seq) => line(seq, String(seq)));
  for (let turn = 0; turn < 50; turn++) {
    const shuffled = lines.map((one) => ({ one, at: Math.random() })).sort((a, b) => a.at - b.at).map(({ one }) => one);
    expect(said(told(...shuffled.map((one): Told => ({ type: 'turn', turn: one }))))).toEqual(lines.map(({ text }) => text));
  }
});

it('shows what is being said until it is a line, or nobody is to hear it any more', () => {
  const speaking = told({ type: 'partial', who: 'caller', text: 'It is' }, { type: 'partial', who: 'agent', text: 'One moment' });
  expect(speaking.partial).toEqual({ caller: 'It is', agent: 'One moment' });
  expect(after(speaking, { type: 'turn', turn: line(0, 'It is approved', { who: 'caller' }) }).partial).toEqual({ agent: 'One moment' });
  expect(after(speaking, { type: 'clear' }).partial).toEqual({ caller: 'It is' });
  expect(after(speaking, { type: 'partial', who: 'caller', text: '' }).partial).toEqual({ agent: 'One moment' });
});

it('begins anew with a snapshot, as after a gap', () => {
  const now = told({ type: 'turn', turn: line(7, 'old') }, { type: 'snapshot', node: 'verify', hold: true, taken: true, turns: [line(1, 'b'), line(0, 'a')] });
  expect(said(now)).toEqual(['a', 'b']);
  expect(now).toMatchObject({ phase: 'open', node: 'verify', hold: true, taken: true });
});

it('stays at its end, whatever comes after it', () => {
  const over = told({ type: 'hold', on: true }, { type: 'ended', outcome: 'completed', endedBy: 'agent' });
  expect(over).toMatchObject({ phase: 'ended', hold: false, outcome: 'completed', endedBy: 'agent' });
  expect(after(over, { type: 'turn', turn: line(9, 'late') })).toBe(over);
  expect(connected(over, 'broken')).toBe(over);
  expect(connected(silence, 'broken').phase).toBe('broken');
});

it('reads what the server sends, and leaves what it does not know', () => {
  expect(toldOf('{"type":"turn","turn":{"seq":3,"who":"staff","node":"verify","atMs":5,"endedMs":9,"text":"Hello","interrupted":false}}')).toEqual({ type: 'turn', turn: { seq: 3, who: 'staff', node: 'verify', atMs: 5, endedMs: 9, text: 'Hello', interrupted: false } });
  expect(toldOf('{"type":"snapshot","node":null,"turns":[{"seq":0,"who":"robot","text":"Hm"},{}]}')).toEqual({ type: 'snapshot', node: null, hold: false, taken: false, turns: [{ seq: 0, who: 'note', node: null, atMs: 0, endedMs: null, text: 'Hm', interrupted: false }] });
  expect(toldOf('{"type":"ended","outcome":null,"endedBy":"staff"}')).toEqual({ type: 'ended', outcome: null, endedBy: 'staff' });
  for (const odd of ['', '{', 'null', '7', '{"type":"later"}', '{"type":"turn"}']) expect(toldOf(odd)).toBeUndefined();
});
