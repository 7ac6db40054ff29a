import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import { sessionQuery } from '@/shared/auth/session';
import { sessionOf } from '@/shared/auth/session.fixture';
import { setLang, wantTexts } from '@/shared/i18n';
import { theme } from '@/shared/theme/theme';
import type { Field, FieldKind } from '../api';
import { type Case, caseQuery } from '../cases/api';
import { FieldsCard } from './FieldsCard';

const field = (key: string, en: string, type: FieldKind, more: Partial<Field> = {}): Field => ({ key, label: { en }, type, required: false, displayInList: false, displayOrder: 0, sensitive: false, ...more });
const fields = [field('a_name', 'Whom', 'string', { required: true }), field('b_tries', 'Tries', 'number'), field('c_member', 'Member', 'string', { sensitive: true })];
const first: Case = {
  id: 'c1', callWorkflowId: 'w', patientId: null, patient: null, schemaVersion: 1, fields: { a_name: 'Ana', b_tries: 2 }, sensitiveKeys: ['c_member'],
  callStatus: 'not_started', calls: 0, lastCallAt: null, deletedAt: null, version: 3, createdAt: '2026-11-21T08:00:00Z', updatedAt: '2026-11-21T08:00:00Z',
};

let answer: (body: unknown) => Response;
const sent = vi.fn();
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

beforeEach(async () => {
  await wantTexts('voice');
  await setLang('en');
  sent.mockClear();
  vi.stubGlobal('fetch', async (request: Request) => {
    const body = request.method === 'GET' ? undefined : (JSON.parse(await request.clone().text()) as unknown);
    sent(request.method, new URL(request.url).pathname + new URL(request.url).search, body);
    return answer(body);
  });
});

function Card({ mayWrite }: { mayWrite: boolean }) {
  const one = useQuery(caseQuery('c1')).data;
  return one ? <FieldsCard one={one} fields={fields} mayWrite={mayWrite} /> : null;
}

function show(mayWrite = true) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  client.setQueryData(sessionQuery.queryKey, sessionOf({ permissions: ['cases.read', 'cases.write'] }));
  client.setQueryData(caseQuery('c1').queryKey, first);
  render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={client}>
        <Card mayWrite={mayWrite} />
      </QueryClientProvider>
    </MantineProvider>,
  );
}
const line = (name: RegExp) => screen.getByRole('button', { name });

it('changes a field where it stands: Enter saves what is different, Escape leaves it', async () => {
  answer = (body) => json({ ...first, ...(body as { fields: object }), fields: { ...first.fields, b_tries: 5 }, version: 4 });
  show();
  await userEvent.click(line(/^Change Tries/));
  await userEvent.type(await screen.findByRole('textbox', { name: 'Tries' }), '9{Escape}');
  await userEvent.click(line(/^Change Tries/));
  await userEvent.type(await screen.findByRole('textbox', { name: 'Tries' }), '{Enter}');
  expect(sent).not.toHaveBeenCalled();
  await userEvent.click(line(/^Change Tries.*2/));
  const box = await screen.findByRole('textbox', { name: 'Tries' });
  await userEvent.clear(box);
  await userEvent.type(box, '٥{Enter}');
  await waitFor(() => expect(line(/^Change Tries.*5/)).toHaveFocus());
  expect(sent).toHaveBeenCalledTimes(1);
  expect(sent).toHaveBeenCalledWith('PATCH', '/api/v1/cases/c1', { version: 3, fields: { b_tries: 5 } });
});

it('empties nothing that is required', async () => {
  show();
  await userEvent.click(line(/^Change Whom/));
  await userEvent.clear(await screen.findByRole('textbox', { name: 'Whom' }));
  await userEvent.click(screen.getByRole('button', { name: 'Save Whom' }));
  expect(await screen.findByText('Please fill this in')).toBeInTheDocument();
  expect(sent).not.toHaveBeenCalled();
});

it('says that somebody else was quicker, and saves on top of what stands there now', async () => {
  let tries = 0;
  answer = () => (tries++ ? json({ ...first, fields: { ...first.fields, a_name: 'Anna' }, version: 8 }) : json({ type: 'about:blank', title: 't', status: 409, code: 'version.stale', requestId: 'r', current: { ...first, version: 7 } }, 409));
  show();
  await userEvent.click(line(/^Change Whom/));
  const box = await screen.findByRole('textbox', { name: 'Whom' });
  await userEvent.clear(box);
  await userEvent.type(box, 'Anna{Enter}');
  expect(await screen.findByText(/Somebody else changed this case/)).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Save Whom' }));
  await waitFor(() => expect(line(/^Change Whom.*Anna/)).toBeInTheDocument());
  expect(sent).toHaveBeenLastCalledWith('PATCH', '/api/v1/cases/c1', { version: 7, fields: { a_name: 'Anna' } });
});

it('hides what is sensitive until somebody asks for it', async () => {
  answer = () => json({ ...first, fields: { ...first.fields, c_member: '47291' } });
  show(false);
  expect(screen.queryByRole('button', { name: /^Change/ })).toBeNull();
  expect(screen.getByText('hidden')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Show sensitive' }));
  expect(await screen.findByText('47291')).toBeInTheDocument();
  expect(sent).toHaveBeenCalledWith('GET', '/api/v1/cases/c1?sensitive=true', undefined);
  await userEvent.click(screen.getByRole('button', { name: 'Hide sensitive' }));
  expect(screen.queryByText('47291')).toBeNull();
});
