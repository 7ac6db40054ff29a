import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import { sessionQuery } from '@/shared/auth/session';
import { sessionOf } from '@/shared/auth/session.fixture';
import { setLang } from '@/shared/i18n';
import { theme } from '@/shared/theme/theme';
import type { Service } from './api';
import { ServiceDrawer } from './ServiceDrawer';

const service: Service = {
  id: 's1',
  nameEn: 'Check-up',
  nameAr: null,
  code: null,
  category: null,
  durationMinutes: 30,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  price: { amountMinor: 15000, currency: 'SAR' },
  vatCategory: 'standard',
  colour: 'teal',
  archivedAt: null,
  version: 1,
  createdAt: '2026-11-21T08:00:00+03:00',
  updatedAt: '2026-11-21T08:00:00+03:00',
};
const problem = (status: number, code: string, more: object) =>
  new Response(JSON.stringify({ type: 'about:blank', title: code, status, code, requestId: 'r', ...more }), { status });

let answer: (request: Request) => Response | Promise<Response>;
const sent = vi.fn();

beforeEach(async () => {
  await setLang('en');
  sent.mockClear();
  vi.stubGlobal('fetch', async (request: Request) => {
    if (request.method !== 'GET') sent(request.method, new URL(request.url).pathname, JSON.parse(await request.clone().text()));
    return answer(request);
  });
});

function show(props: { id?: string }, permissions = ['services.read', 'services.write']) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  client.setQueryData(sessionQuery.queryKey, sessionOf({ permissions }));
  const onClose = vi.fn();
  render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={client}>
        <ServiceDrawer {...props} listed={props.id ? service : undefined} categories={[]} onClose={onClose} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return onClose;
}
const field = (name: string) => screen.getByRole('textbox', { name });

it('does not send a form with mistakes, and goes to the first of them', async () => {
  show({});
  await userEvent.click(screen.getByRole('button', { name: 'Add service' }));
  expect(await screen.findAllByText('Please fill this in')).toHaveLength(2);
  await waitFor(() => expect(field('Name in English')).toHaveFocus());
  expect(sent).not.toHaveBeenCalled();
});

it('sends an amount as minor units, and keeps the form when the name is taken', async () => {
  answer = () => problem(409, 'service.name_taken', { errors: [{ pointer: '/nameEn', code: 'taken', message: 'm' }] });
  const onClose = show({});
  await userEvent.type(field('Name in English'), 'Check-up');
  await userEvent.type(field('Price'), '1,250.5');
  await userEvent.click(screen.getByRole('button', { name: 'Add service' }));
  expect(await screen.findByText('This is already in use')).toBeInTheDocument();
  expect(sent.mock.calls[0]![2]).toMatchObject({ nameEn: 'Check-up', price: { amountMinor: 125050, currency: 'SAR' }, durationMinutes: 30 });
  expect(field('Price')).toHaveValue('1,250.5');
  expect(onClose).not.toHaveBeenCalled();
});

it('shows a conflict, merges on request and saves on top of the current version', async () => {
  const current = { ...service, version: 2, durationMinutes: 40, price: { amountMinor: 20000, currency: 'SAR' } };
  answer = (request) => (request.method === 'GET' ? Response.json(service) : problem(409, 'version.stale', { current }));
  const onClose = show({ id: 's1' });
  await userEvent.clear(field('Price'));
  await userEvent.type(field('Price'), '190');
  await userEvent.type(field('Code'), 'D0120');
  await userEvent.click(screen.getByRole('button', { name: 'Save changes' }));
  expect(await screen.findByText('Changed meanwhile: Duration and Price.', { exact: false })).toBeInTheDocument();

  await userEvent.click(screen.getByRole('button', { name: 'Load current' }));
  expect(field('Duration')).toHaveValue('40');
  expect(field('Code')).toHaveValue('D0120');
  expect(field('Price')).toHaveValue('200.00');
  await userEvent.click(screen.getByRole('button', { name: 'Use mine: Price' }));

  answer = () => Response.json({ ...current, version: 3 });
  await userEvent.click(screen.getByRole('button', { name: 'Save changes' }));
  await waitFor(() => expect(onClose).toHaveBeenCalled());
  expect(sent.mock.calls.at(-1)![2]).toEqual({ version: 2, code: 'D0120', price: { amountMinor: 19000, currency: 'SAR' } });
});

it('asks before throwing typed input away', async () => {
  const onClose = show({});
  await userEvent.type(field('Name in English'), 'x');
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  expect(onClose).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole('button', { name: 'Discard' }));
  expect(onClose).toHaveBeenCalled();
});

it('only shows, for those who may not change', async () => {
  answer = () => Response.json(service);
  show({ id: 's1' }, ['services.read']);
  expect(field('Name in English')).toHaveAttribute('readonly');
  expect(screen.queryByRole('button', { name: 'Save changes' })).toBeNull();
  expect(screen.queryByRole('button', { name: 'Archive' })).toBeNull();
});
