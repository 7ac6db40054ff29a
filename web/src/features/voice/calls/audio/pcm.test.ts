import { expect, it } from 'vitest';
import { FRAME, Framer, levelOf, PlayQueue, RATE, Resampler } from './pcm';

const tone = (hertz: number, rate: number, samples: number) => Float32Array.from({ length: samples }, (_, n) => 0.5 * Math.sin((2 * Math.PI * hertz * n) / rate));
/** In pieces as an AudioWorklet hands them over. */
const inPieces = (resampler: Resampler, sound: Float32Array, size = 128) => {
  const made: number[] = [];
  for (let at = 0; at < sound.length; at += size) made.push(...resampler.push(sound.subarray(at, at + size)));
  return made;
};
const loudness = (samples: number[]) => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);

it.each([
  [48_000, RATE],
  [44_100, RATE],
  [RATE, 48_000],
  [RATE, 44_100],
])('carries a voice from %i to %i samples a second', (from, to) => {
  for (const hertz of [200, 1000, 3400]) {
    const made = inPieces(new Resampler(from, to), tone(hertz, from, from));
    // the same tone, as it is at the other rate
    const meant = tone(hertz, to, made.length);
    const worst = Math.max(...made.map((x, n) => (n < 200 ? 0 : Math.abs(x - meant[n]!))));
    expect(worst, `${hertz} Hz`).toBeLessThan(0.01);
    expect(Math.abs(made.length - to)).toBeLessThan(200);
  }
});

it('lets nothing through that the lower rate would fold into something else', () => {
  const made = inPieces(new Resampler(48_000, RATE), tone(11_000, 48_000, 48_000)).slice(400);
  // 60 dB below what went in
  expect(loudness(made)).toBeLessThan(0.00036);
});

it('gives the same in whatever pieces the sound comes', () => {
  const sound = tone(700, 44_100, 10_000);
  const whole = inPieces(new Resampler(44_100, RATE), sound, sound.length);
  for (const size of [1, 7, 128, 999]) {
    const made = inPieces(new Resampler(44_100, RATE), sound, size);
    expect(made.length).toBe(whole.length);
    expect(Math.max(...made.map((x, n) => Math.abs(x - whole[n]!)))).toBeLessThan(1e-6);
  }
});

it('cuts sound into frames of 20 ms, with what is too loud cut off', () => {
  const frames: Int16Array[] = [];
  const framer = new Framer(RATE);
  const ramp = Float32Array.from({ length: FRAME * 2 + 100 }, (_, n) => (n % 2 ? 2 : -2));
  for (let at = 0; at < ramp.length; at += 128) framer.push(ramp.subarray(at, at + 128), (frame) => frames.push(frame));
  expect(frames.map(({ length }) => length)).toEqual([FRAME, FRAME]);
  expect([...frames[1]!.subarray(0, 2)]).toEqual([-32_767, 32_767]);
  expect(frames[0]).not.toBe(frames[1]);
});

const frameOf = (value: number) => new Int16Array(FRAME).fill(value);
const heard = (queue: PlayQueue, samples: number) => {
  const out = new Float32Array(samples);
  queue.pull(out);
  return out;
};

it('waits for a few frames, plays them without a gap, and then is silent until there are enough again', () => {
  const queue = new PlayQueue(RATE);
  queue.push(frameOf(8192));
  queue.push(frameOf(8192));
  expect(heard(queue, 128).every((x) => x === 0)).toBe(true);
  queue.push(frameOf(16_384));
  const all = [...Array(8)].flatMap(() => [...heard(queue, 128)]);
  expect(all.slice(0, 2 * FRAME).every((x) => x === 0.25)).toBe(true);
  expect(all.slice(2 * FRAME, 3 * FRAME).every((x) => x === 0.5)).toBe(true);
  expect(all.slice(3 * FRAME).every((x) => x === 0)).toBe(true);
  queue.push(frameOf(8192));
  expect(heard(queue, 128).every((x) => x === 0)).toBe(true);
});

it('drops what waits at once', () => {
  const queue = new PlayQueue(RATE);
  for (let n = 0; n < 10; n++) queue.push(frameOf(8192));
  expect(heard(queue, 128)[127]).toBe(0.25);
  queue.clear();
  expect(heard(queue, 128).every((x) => x === 0)).toBe(true);
  for (let n = 0; n < 3; n++) queue.push(frameOf(-8192));
  expect(heard(queue, 128).every((x) => x === -0.25)).toBe(true);
});

it('keeps no more than ten seconds, the newest ones', () => {
  const queue = new PlayQueue(RATE);
  queue.push(frameOf(1));
  for (let n = 0; n < 500; n++) queue.push(frameOf(8192));
  const all = heard(queue, 501 * FRAME);
  expect(all[0]).toBe(0.25);
  expect(all[500 * FRAME - 1]).toBe(0.25);
  expect(all[500 * FRAME]).toBe(0);
});

it('tells how loud it is', () => {
  expect(levelOf(frameOf(0))).toBe(0);
  // 60 dB below the loudest
  expect(levelOf(frameOf(33))).toBeLessThan(0.02);
  expect(levelOf(frameOf(32_767))).toBeCloseTo(1, 2);
  expect(levelOf(frameOf(1000))).toBeGreaterThan(levelOf(frameOf(100)));
});
