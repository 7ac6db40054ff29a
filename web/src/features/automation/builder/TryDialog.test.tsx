import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import type { Draft } from './Bar';
import { show } from './harness.fixture';
import { TryDialog } from './TryDialog';

const navigate = vi.fn();
vi.mock('@tanstack/react-router', async (original) => ({ ...(await original<object>()), useNavigate: () => navigate }));

const definition = { trigger: { kind: 'hand' as const, subject: null }, steps: [] };
const draft = { flush: async () => 7 } as unknown as Draft;

/** The dialog, before a server that answers so to tests. */
async function tried(answer: () => Response) {
  const sent: unknown[] = [];
  await show(definition, <TryDialog draft={draft} test onClose={() => undefined} />, { permissions: ['workflows.run'] });
  const others = fetch;
  vi.stubGlobal('fetch', async (request: Request) => {
    if (!new URL(request.url).pathname.endsWith('/tests')) return others(request);
    sent.push(await request.json());
    return answer();
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Run the test' }));
  return sent;
}

it('tests the draft that was looked at', async () => {
  const sent = await tried(() => Response.json({ id: 'r1' }, { status: 201 }));
  expect(sent).toEqual([{ version: 7 }]);
  await waitFor(() => expect(navigate).toHaveBeenCalledWith({ to: '/workflows/runs/$id', params: { id: 'r1' } }));
});

it('says what to do when the draft is another one by now', async () => {
  await tried(() => Response.json({ type: '', title: 'english', status: 409, code: 'version.stale', requestId: '' }, { status: 409 }));
  expect(await screen.findByRole('alert')).toHaveTextContent('The draft has changed since you looked at it.');
});
