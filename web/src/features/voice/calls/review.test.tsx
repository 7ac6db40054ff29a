import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { beforeEach, expect, it, vi } from 'vitest';
import { type Permission, sessionQuery } from '@/shared/auth/session';
import { sessionOf } from '@/shared/auth/session.fixture';
import { setLang, wantTexts } from '@/shared/i18n';
import { theme } from '@/shared/theme/theme';
import { type CallDetail, callWorkflowsQuery } from './api';
import { Findings } from './Findings';
import { callOf, findingOf, turnOf, workflow } from './samples.fixture';
import { Transcript } from './Transcript';

const asked = vi.fn();

beforeEach(async () => {
  await setLang('en');
  await wantTexts('calls');
  asked.mockClear();
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname, search } = new URL(request.url);
    asked(pathname + search, request.method === 'POST' ? await request.clone().json() : undefined);
    if (pathname.endsWith('/turns')) {
      const original = search.includes('original=true');
      return Response.json({ items: [turnOf(0, 'caller', 'What is the number?'), turnOf(1, 'agent', original ? 'It is 47291.' : 'It is […].', { isRedacted: !original })] });
    }
    return Response.json(callOf({ version: 5 }));
  });
});

function show(node: ReactNode, permissions: Permission[] = ['calls.read', 'calls.review']) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  client.setQueryData(sessionQuery.queryKey, sessionOf({ permissions }));
  client.setQueryData(callWorkflowsQuery.queryKey, [workflow]);
  return render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={client}>{node}</QueryClientProvider>
    </MantineProvider>,
  );
}

const found: CallDetail['findings'] = [findingOf('status', 'approved', { quote: 'It is approved' }), findingOf('until', '2027-03-31', { before: '2026-12-31' }), findingOf('other_key', 'x', { state: 'dismissed' })];
const lineOf = (name: string) => screen.getByText(name).closest('li')!;

it('shows what was found out as a difference, in words of the fields', () => {
  show(<Findings call={callOf({ findings: found })} />);
  expect(within(lineOf('Status')).getByText('nothing')).toBeInTheDocument();
  expect(within(lineOf('Status')).getByText('Approved')).toBeInTheDocument();
  expect(within(lineOf('Status')).getByText('It is approved')).toBeInTheDocument();
  expect(within(lineOf('Valid until')).getByText('31 Dec 2026').closest('del')).toBeInTheDocument();
  expect(within(lineOf('Valid until')).getByText('31 Mar 2027').closest('ins')).toBeInTheDocument();
  expect(within(lineOf('Other key')).getByText('Dismissed')).toBeInTheDocument();
});

it('decides field by field, or about all that is open', async () => {
  const user = userEvent.setup();
  show(<Findings call={callOf({ findings: found })} />);
  await user.click(screen.getByRole('button', { name: 'Accept: Status' }));
  await waitFor(() => expect(asked).toHaveBeenCalledWith('/api/v1/calls/c/findings', { version: 4, accept: ['status'], dismiss: [] }));
  await user.click(await screen.findByRole('button', { name: 'Dismiss: Valid until' }));
  await waitFor(() => expect(asked).toHaveBeenCalledWith('/api/v1/calls/c/findings', { version: 4, accept: [], dismiss: ['until'] }));
  await user.click(screen.getByRole('button', { name: 'Accept all 2' }));
  await waitFor(() => expect(asked).toHaveBeenCalledWith('/api/v1/calls/c/findings', { version: 4, accept: ['status', 'until'], dismiss: [] }));
});

it('leaves deciding to those who may, and what is the patient’s to their record', () => {
  const { unmount } = show(<Findings call={callOf({ findings: found })} />, ['calls.read']);
  expect(screen.queryByRole('button')).toBeNull();
  unmount();
  show(<Findings call={callOf({ findings: [findingOf('phone', '1', { target: 'patient' })] })} />);
  expect(screen.queryByRole('button')).toBeNull();
});

it('shows what is sensitive only after saying that this is recorded', async () => {
  const user = userEvent.setup();
  show(<Transcript id="c" />);
  expect(await screen.findByText('It is […].')).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Show the original' }));
  expect(await screen.findByText(/recorded in the activity log/)).toBeInTheDocument();
  expect(asked.mock.calls.some(([path]) => String(path).includes('original'))).toBe(false);
  await user.click(screen.getByRole('button', { name: 'Show it' }));
  expect(await screen.findByText('It is 47291.')).toBeInTheDocument();
  await user.click(await screen.findByRole('button', { name: 'Hide what is sensitive' }));
  expect(await screen.findByText('It is […].')).toBeInTheDocument();
});
