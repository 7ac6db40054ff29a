import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { focusFirstInvalid } from './focus';

let frames: FrameRequestCallback[] = [];
const draw = () => {
  const due = frames;
  frames = [];
  for (const frame of due) frame(0);
};

beforeEach(() => {
  frames = [];
  vi.stubGlobal('requestAnimationFrame', (frame: FrameRequestCallback) => frames.push(frame));
  document.body.innerHTML = '<form><input id="name"><input id="email"></form>';
});
afterEach(() => vi.unstubAllGlobals());

it('finds the field although its message is drawn late', () => {
  focusFirstInvalid(document.querySelector('form'));
  draw();
  draw();
  expect(document.activeElement).toBe(document.body);
  document.querySelector('#email')!.setAttribute('aria-invalid', 'true');
  draw();
  expect(document.activeElement?.id).toBe('email');
  draw();
  expect(frames).toEqual([]);
});

it('leaves the focus where it is when the whole form was refused', () => {
  focusFirstInvalid(document.querySelector('form'));
  for (let turn = 0; turn < 100; turn++) draw();
  expect(frames).toEqual([]);
  expect(document.activeElement).toBe(document.body);
});
