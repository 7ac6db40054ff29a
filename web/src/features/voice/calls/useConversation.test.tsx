import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { beforeEach, expect, it, vi } from 'vitest';
import type { openCall } from './socket';
import { useConversation } from './useConversation';

type Listener = Parameters<typeof openCall>[2];
const { opened } = vi.hoisted(() => ({ opened: [] as { id: string; listener: Listener; close: () => void; say: (saying: unknown) => boolean }[] }));
vi.mock('./socket', () => ({
  openCall: (id: string, _way: string, listener: Listener) => {
    const socket = { id, listener, close: vi.fn(), say: vi.fn(() => true), sound: vi.fn() };
    opened.push(socket);
    return socket;
  },
}));

const client = new QueryClient();
const invalidated = vi.spyOn(client, 'invalidateQueries');
const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>;
const ears = { play: vi.fn(), clear: vi.fn() };
const conversation = (first = { id: 'a', on: true }) => renderHook(({ id, on }) => useConversation(id, 'talk', { on, ears }), { wrapper, initialProps: first });
const keys = () => invalidated.mock.calls.map(([filter]) => filter?.queryKey?.[0]);

beforeEach(() => {
  opened.length = 0;
  vi.clearAllMocks();
});

it('opens nothing before it is wanted, and one socket for each call', () => {
  const { rerender, unmount } = conversation({ id: 'a', on: false });
  expect(opened).toHaveLength(0);
  rerender({ id: 'a', on: true });
  rerender({ id: 'a', on: true });
  expect(opened.map(({ id }) => id)).toEqual(['a']);
  rerender({ id: 'b', on: true });
  expect(opened.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(opened[0]!.close).toHaveBeenCalledOnce();
  unmount();
  expect(opened[1]!.close).toHaveBeenCalledOnce();
});

it('shows nothing of one call in another', () => {
  const { result, rerender } = conversation();
  act(() => opened[0]!.listener.told({ type: 'node', node: 'verify' }));
  expect(result.current.now.node).toBe('verify');
  rerender({ id: 'b', on: true });
  expect(result.current.now.node).toBeNull();
});

it('plays what comes, and drops what waits when it is told to', () => {
  conversation();
  const frame = new ArrayBuffer(640);
  opened[0]!.listener.sound?.(frame);
  expect(ears.play).toHaveBeenCalledWith(frame);
  act(() => opened[0]!.listener.told({ type: 'clear' }));
  expect(ears.clear).toHaveBeenCalledOnce();
});

it('has everything fetched again that shows a call when it ends, and how it stands when the line breaks', () => {
  const { result } = conversation();
  act(() => opened[0]!.listener.phase('broken'));
  expect(keys()).toEqual(['call']);
  act(() => opened[0]!.listener.told({ type: 'ended', outcome: 'completed', endedBy: 'agent' }));
  expect(keys()).toEqual(['call', 'call', 'case', 'patient']);
  expect(result.current.now).toMatchObject({ phase: 'ended', outcome: 'completed' });
});

it('says nothing once the page is left', () => {
  const { result, unmount } = conversation();
  expect(result.current.say({ type: 'hang_up' })).toBe(true);
  unmount();
  expect(result.current.say({ type: 'hang_up' })).toBe(false);
});
