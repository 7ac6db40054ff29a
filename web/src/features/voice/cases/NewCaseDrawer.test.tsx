import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import { sessionQuery } from '@/shared/auth/session';
import { sessionOf } from '@/shared/auth/session.fixture';
import { setLang, wantTexts } from '@/shared/i18n';
import { theme } from '@/shared/theme/theme';
import type { CallWorkflow, Field, FieldKind } from '../api';
import { NewCaseDrawer } from './NewCaseDrawer';

const field = (key: string, en: string, type: FieldKind, more: Partial<Field> = {}): Field => ({ key, label: { en, ar: `${en} ع` }, type, required: false, displayInList: false, displayOrder: 0, sensitive: false, ...more });
const workflow: CallWorkflow = {
  id: 'w', slug: 'recalls', name: 'Recalls', nameAr: null, enabled: true, schemaVersion: 1, flow: null, cases: 0, version: 1, createdAt: '', updatedAt: '',
  fields: [
    field('phone', 'Phone', 'phone', { displayOrder: 2, required: true }),
    field('name', 'Whom', 'string', { displayOrder: 1, required: true }),
    field('tries', 'Tries', 'number', { displayOrder: 3 }),
    field('status', 'Status', 'select', { displayOrder: 4, default: 'open', options: [{ value: 'open', label: { en: 'Open' } }] }),
  ],
};

let answer: () => Response;
const sent = vi.fn();

beforeEach(async () => {
  await wantTexts('voice');
  await setLang('en');
  sent.mockClear();
  vi.stubGlobal('fetch', async (request: Request) => {
    if (request.method === 'POST') sent(new URL(request.url).pathname, JSON.parse(await request.clone().text()));
    return answer();
  });
});

function show() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  client.setQueryData(sessionQuery.queryKey, sessionOf({ permissions: ['cases.read', 'cases.write'] }));
  const onCreated = vi.fn();
  render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={client}>
        <NewCaseDrawer workflow={workflow} onClose={() => undefined} onCreated={onCreated} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return onCreated;
}
const save = () => userEvent.click(screen.getByRole('button', { name: 'Save case' }));
const box = (name: string) => screen.getByRole('textbox', { name });

it('asks for what the fields say, in their order, and sends nothing while something required is missing', async () => {
  show();
  expect(screen.getAllByRole('textbox').slice(0, 3).map((input) => input.getAttribute('id') && (input as HTMLInputElement).labels?.[0]?.textContent?.replace(' *', ''))).toEqual(['Whom', 'Phone', 'Tries']);
  await userEvent.type(box('Tries'), 'many');
  await save();
  expect(await screen.findAllByText('Please fill this in')).toHaveLength(2);
  expect(screen.getByText('Enter a number')).toBeInTheDocument();
  await waitFor(() => expect(box('Whom')).toHaveFocus());
  expect(sent).not.toHaveBeenCalled();
});

it('puts what the server refuses beside its field', async () => {
  answer = () =>
    new Response(JSON.stringify({ type: 'about:blank', title: 't', status: 422, code: 'validation.failed', requestId: 'r', errors: [{ pointer: '/fields/phone', code: 'format', message: 'm' }] }), { status: 422 });
  const onCreated = show();
  await userEvent.type(box('Whom'), 'Ana');
  await userEvent.type(box('Phone'), '12');
  await userEvent.type(box('Tries'), '٣');
  await save();
  expect(await screen.findByText(/Write a phone number as/)).toBeInTheDocument();
  expect(box('Phone')).toHaveAttribute('aria-invalid', 'true');
  expect(sent).toHaveBeenCalledWith('/api/v1/cases', { callWorkflowId: 'w', patientId: null, fields: { name: 'Ana', phone: '12', tries: 3, status: 'open' } });
  expect(onCreated).not.toHaveBeenCalled();
});
