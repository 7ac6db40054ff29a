import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Phase, Told } from './conversation';
import { openCall, type Way } from './socket';

const { refreshSession, signInAgain } = vi.hoisted(() => ({ refreshSession: vi.fn(), signInAgain: vi.fn() }));
vi.mock('@/shared/api/client', () => ({ refreshSession }));
vi.mock('@/shared/api/reauth', () => ({ signInAgain }));

/** A socket whose other end is the test. */
class Fake {
  static readonly OPEN = 1;
  static all: Fake[] = [];
  readyState = Fake.OPEN;
  bufferedAmount = 0;
  binaryType = '';
  sent: unknown[] = [];
  onmessage?: (event: { data: unknown }) => void;
  onclose?: (event: { code: number }) => void;
  constructor(readonly url: string) {
    Fake.all.push(this);
  }
  send = (data: unknown) => void this.sent.push(data);
  close = () => void (this.readyState = 3);
  tell = (message: object) => this.onmessage?.({ data: JSON.stringify(message) });
  async shut(code: number) {
    this.readyState = 3;
    this.onclose?.({ code });
    await vi.advanceTimersByTimeAsync(0);
  }
}

const opened = (way: Way) => {
  const [phases, told, sound]: [Phase[], Told[], ArrayBuffer[]] = [[], [], []];
  const call = openCall('0190', way, { phase: (phase) => phases.push(phase), told: (message) => told.push(message), sound: (frame) => sound.push(frame) });
  return { call, phases, told, sound, newest: () => Fake.all.at(-1)! };
};

beforeEach(() => {
  vi.useFakeTimers();
  Fake.all = [];
  vi.stubGlobal('WebSocket', Fake);
  refreshSession.mockReset().mockResolvedValue('renewed');
  signInAgain.mockReset();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('tells what is said as JSON, and sound as it is', () => {
  const { call, told, sound, newest } = opened('talk');
  expect(newest().url).toMatch(/^ws:\/\/.*\/api\/v1\/calls\/0190\/talk$/);
  expect(call.say({ type: 'say', text: 'Hello' })).toBe(true);
  const frame = new ArrayBuffer(640);
  call.sound(frame);
  expect(newest().sent).toEqual(['{"type":"say","text":"Hello"}', frame]);
  newest().tell({ type: 'node', node: 'verify' });
  newest().onmessage?.({ data: frame });
  newest().onmessage?.({ data: 'not JSON' });
  expect(told).toEqual([{ type: 'node', node: 'verify' }]);
  expect(sound).toEqual([frame]);
});

it('leaves out sound that would be heard too late, and says so when nobody can be told', () => {
  const { call, newest } = opened('talk');
  newest().bufferedAmount = 20_000;
  call.sound(new ArrayBuffer(640));
  expect(newest().sent).toEqual([]);
  newest().close();
  expect(call.say({ type: 'hang_up' })).toBe(false);
});

it('comes back to watch when the network breaks, later each time, and gives up in the end', async () => {
  const { phases, newest } = opened('listen');
  newest().tell({ type: 'live' });
  for (let tries = 1; tries <= 6; tries++) {
    await newest().shut(1006);
    await vi.advanceTimersByTimeAsync(8000);
    expect(Fake.all).toHaveLength(tries + 1);
  }
  await newest().shut(1006);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(Fake.all).toHaveLength(7);
  expect(phases.at(-1)).toBe('lost');
  expect(refreshSession).not.toHaveBeenCalled();
});

it('renews the session when it is told to, and goes no further without one', async () => {
  const { phases, newest } = opened('listen');
  await newest().shut(4401);
  expect(refreshSession).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(1000);
  expect(Fake.all).toHaveLength(2);
  refreshSession.mockResolvedValue('ended');
  signInAgain.mockResolvedValue(false);
  await newest().shut(4401);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(Fake.all).toHaveLength(2);
  expect(phases.at(-1)).toBe('lost');
});

it('does not come back to a call that is not under way there, nor to one whose other side it was', async () => {
  const watching = opened('listen');
  await watching.newest().shut(4404);
  expect(watching.phases).toEqual(['gone']);
  const talking = opened('talk');
  talking.newest().tell({ type: 'live' });
  await talking.newest().shut(1006);
  expect(talking.phases).toEqual(['lost']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(Fake.all).toHaveLength(2);
});

it('ends with the call, and with the page', async () => {
  const over = opened('listen');
  over.newest().tell({ type: 'ended', outcome: 'completed', endedBy: 'agent' });
  await over.newest().shut(1000);
  const left = opened('listen');
  left.call.close();
  await left.newest().shut(1006);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([over.phases, left.phases]).toEqual([[], []]);
  expect(Fake.all).toHaveLength(2);
});
