import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Workflow } from '../api';
import type { Definition } from '../definition';
import { action } from '../samples.fixture';
import { useAutosave } from './useAutosave';

const with_ = (...ids: string[]): Definition => ({ trigger: null, steps: ids.map((id) => action(id)) });
const workflow = (version: number, definition: Definition) => ({ id: 'w', name: 'A', status: 'draft', version, definition }) as unknown as Workflow;

let sent: { version: number; definition?: Definition; name?: string }[];
let answer: (body: (typeof sent)[number]) => Response | Promise<Response>;
let server: Workflow;

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  sent = [];
  server = workflow(1, with_('a'));
  answer = (body) => {
    if (body.version !== server.version) return new Response(JSON.stringify({ code: 'version.stale', status: 409, title: '', current: server }), { status: 409 });
    server = workflow(server.version + 1, body.definition ?? server.definition);
    return Response.json(server);
  };
  vi.stubGlobal('fetch', async (request: Request) => {
    const body = JSON.parse(await request.text());
    sent.push(body);
    return answer(body);
  });
});
afterEach(() => void vi.useRealTimers());

function open(readOnly = false) {
  const client = new QueryClient();
  const onLoad = vi.fn();
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>;
  const loaded = server;
  const hook = renderHook(({ definition, seen }: { definition: Definition; seen: Workflow }) => useAutosave({ workflow: seen, definition, readOnly, onLoad }), {
    wrapper,
    initialProps: { definition: loaded.definition, seen: loaded },
  });
  return { hook, onLoad, type: (definition: Definition, seen = loaded) => hook.rerender({ definition, seen }) };
}
const pass = (ms = 1_000) => act(() => vi.advanceTimersByTimeAsync(ms));

it('sends the last of several quick changes, once', async () => {
  const { hook, type } = open();
  type(with_('a', 'b'));
  type(with_('a', 'b', 'c'));
  expect(hook.result.current.saving).toBe('unsaved');
  await pass();
  expect(sent).toEqual([{ version: 1, definition: with_('a', 'b', 'c') }]);
  expect(hook.result.current.saving).toBe('saved');
});

it('sends one after the other, each on top of the one before', async () => {
  const { hook, type } = open();
  type(with_('b'));
  let rename: Promise<unknown>;
  act(() => {
    rename = hook.result.current.rename({ name: 'B' });
  });
  await pass();
  await act(() => rename);
  expect(sent.map(({ version, name, definition }) => [version, name ?? definition?.steps.length])).toEqual([[1, 'B'], [2, 1]]);
  expect(await hook.result.current.flush()).toBe(3);
  expect(sent).toHaveLength(2);
});

it('asks whose it shall be when somebody else was quicker, and keeps what one says', async () => {
  const { hook, type, onLoad } = open();
  server = workflow(5, with_('theirs'));
  type(with_('mine'));
  await pass();
  expect(hook.result.current.saving).toBe('conflict');
  expect(hook.result.current.theirs?.version).toBe(5);
  type(with_('mine', 'more'));
  await pass(9_000);
  expect(sent).toHaveLength(1);
  act(() => hook.result.current.keepMine());
  await pass();
  expect(sent.at(-1)).toEqual({ version: 5, definition: with_('mine', 'more') });
  expect(onLoad).not.toHaveBeenCalled();
});

it('takes theirs on request', async () => {
  const { hook, type, onLoad } = open();
  server = workflow(5, with_('theirs'));
  type(with_('mine'));
  await pass();
  act(() => hook.result.current.takeTheirs());
  expect(onLoad).toHaveBeenCalledWith(with_('theirs'));
  type(with_('theirs', 'x'));
  await pass();
  expect(sent.at(-1)).toEqual({ version: 5, definition: with_('theirs', 'x') });
});

it('takes over what others did while there is nothing of one’s own', async () => {
  const { hook, type, onLoad } = open();
  type(with_('a'), workflow(4, with_('theirs')));
  await pass();
  expect(onLoad).toHaveBeenCalledWith(with_('theirs'));
  expect(hook.result.current.saving).toBe('saved');
});

it('tries again when nobody answered', async () => {
  const { hook, type } = open();
  const usual = answer;
  answer = () => new Response('{}', { status: 500 });
  type(with_('b'));
  await pass();
  expect(hook.result.current.saving).toBe('failed');
  answer = usual;
  await pass(6_000);
  expect(hook.result.current.saving).toBe('saved');
});

it('loses nothing of whoever leaves in the middle of it', async () => {
  const { hook, type } = open();
  type(with_('b'));
  hook.unmount();
  await pass(50);
  expect(sent).toEqual([{ version: 1, definition: with_('b') }]);
});

it('sends nothing of those who may only look', async () => {
  const { type } = open(true);
  type(with_('b'));
  await pass();
  expect(sent).toEqual([]);
});
