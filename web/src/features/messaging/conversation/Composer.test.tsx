import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import { patientQuery } from '@/features/patients/api';
import { sessionQuery } from '@/shared/auth/session';
import { sessionOf } from '@/shared/auth/session.fixture';
import { setLang, wantTexts } from '@/shared/i18n';
import { theme } from '@/shared/theme/theme';
import { type DraftPreview, templatesQuery } from '../api';
import { Composer } from './Composer';
import { keptOf } from './kept';

const patient = { id: 'p', language: 'ar', phones: [{ number: '+966500000000' }], emails: [] };
const template = { id: 't', name: 'Please confirm', channel: 'sms', purpose: 'transactional', texts: { subjectEn: null, textEn: 'Hello {{ patient.givenName }}', subjectAr: null, textAr: 'مرحبًا {{ patient.givenName }}' }, number: 1, key: null, archivedAt: null, version: 1 };
const preview: DraftPreview = { language: 'ar', address: '+966500000000', subject: null, text: 'مرحبًا لينا', html: null, sms: { encoding: 'ucs2', units: 11, parts: 1, forcing: '', priceMinor: 12 }, hindrance: null, waitsUntil: null, problems: [] };

let shown: ReturnType<typeof render>;
let previewed: DraftPreview;
let answer: () => Response;
const sent = vi.fn();

beforeEach(async () => {
  await setLang('en');
  await wantTexts('messaging');
  sent.mockClear();
  previewed = preview;
  answer = () => Response.json({ id: 'm', state: 'queued', reason: null, notBefore: '2020-01-01T00:00:00Z' }, { status: 201 });
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith('/messages/preview')) return Response.json(previewed);
    if (request.method !== 'POST') return Response.json({ items: [], nextCursor: null });
    sent(pathname, await request.clone().json(), request.headers.get('Idempotency-Key'));
    return answer();
  });
});

function fresh() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  client.setQueryData(sessionQuery.queryKey, sessionOf({ permissions: ['messages.read', 'messages.send'] }));
  for (const id of ['p', 'q']) client.setQueryData(patientQuery(id).queryKey, { ...patient, id } as never);
  client.setQueryData(templatesQuery.queryKey, [template] as never);
  return client;
}

function show(client = fresh(), patientId = 'p') {
  const onClose = vi.fn();
  shown = render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={client}>
        <Composer patientId={patientId} last={undefined} onClose={onClose} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return onClose;
}
const text = () => screen.getByRole('textbox', { name: 'Text' });
const send = () => screen.getByRole('button', { name: 'Send' });

it('writes in the patient’s language, shows what they get, and sends a template by its id', async () => {
  const onClose = show();
  await userEvent.click(screen.getByLabelText('Template', { selector: 'input' }));
  await userEvent.click(await screen.findByRole('option', { name: 'Please confirm' }));
  expect(text()).toHaveValue('مرحبًا {{ patient.givenName }}');
  expect(await screen.findByText('مرحبًا لينا')).toBeInTheDocument();
  expect(await screen.findByText('SAR 0.12')).toBeInTheDocument();
  await userEvent.click(send());
  await waitFor(() => expect(onClose).toHaveBeenCalled());
  expect(sent).toHaveBeenCalledExactlyOnceWith('/api/v1/messages', { patientId: 'p', channel: 'sms', purpose: 'transactional', language: 'ar', templateId: 't' }, expect.any(String));
});

it('sends own words once a template was changed, and the same key after a lost answer', async () => {
  const onClose = show();
  await userEvent.click(screen.getByLabelText('Template', { selector: 'input' }));
  await userEvent.click(await screen.findByRole('option', { name: 'Please confirm' }));
  await userEvent.type(text(), '!');
  answer = () => new Response(JSON.stringify({ type: 'about:blank', title: 'busy', status: 503, code: 'server.busy', requestId: 'r' }), { status: 503 });
  await userEvent.click(send());
  await screen.findByRole('alert');
  expect(onClose).not.toHaveBeenCalled();
  answer = () => Response.json({ id: 'm', state: 'queued', reason: null, notBefore: '2020-01-01T00:00:00Z' }, { status: 201 });
  await userEvent.click(send());
  await waitFor(() => expect(onClose).toHaveBeenCalled());
  const [first, second] = sent.mock.calls;
  expect(second![1]).toEqual({ patientId: 'p', channel: 'sms', purpose: 'transactional', language: 'ar', text: 'مرحبًا {{ patient.givenName }}!' });
  expect(second![2]).toBe(first![2]);
});

it('says before sending why somebody would not be reached, and what is wrong with the text', async () => {
  previewed = { ...preview, text: '', hindrance: 'stopped', problems: [{ field: 'text', code: 'template.unknown_variable', line: 2, column: 1, message: 'm' }] };
  show();
  await userEvent.type(text(), 'Hello');
  expect(await screen.findByText('The patient has answered STOP.')).toBeInTheDocument();
  expect(await screen.findByText('Line 2: this variable is not known.')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Use Email instead' }));
  expect(screen.getByRole('textbox', { name: 'Subject' })).toBeInTheDocument();
  expect(text()).toHaveValue('Hello');
  expect(send()).toBeDisabled();
});

it('says in words what the server refuses', async () => {
  answer = () => new Response(JSON.stringify({ type: 'about:blank', title: 'x', status: 409, code: 'message.hindered', requestId: 'r', current: { reason: 'deceased' } }), { status: 409 });
  show();
  await userEvent.type(text(), 'Hello');
  await userEvent.click(send());
  expect(await screen.findByText('The patient has died.')).toBeInTheDocument();
});

it('keeps what was begun to each patient while one is elsewhere, and forgets what was sent or discarded', async () => {
  const client = fresh();
  const come = (patientId: string) => show(client, patientId);
  const [stored, stays] = [vi.spyOn(Storage.prototype, 'setItem'), () => shown.unmount()];
  come('p');
  await userEvent.type(text(), 'Half a mess');
  await userEvent.click(screen.getByRole('button', { name: 'Send later' }));
  stays();
  come('q');
  expect(text()).toHaveValue('');
  await userEvent.type(text(), 'Another');
  stays();
  come('p');
  expect(text()).toHaveValue('Half a mess');
  await userEvent.type(text(), 'age');
  await userEvent.click(send());
  await waitFor(() => expect(sent).toHaveBeenCalledOnce());
  expect(sent.mock.calls[0]![1]).toMatchObject({ patientId: 'p', text: 'Half a message' });
  await waitFor(() => expect(keptOf(client, 'p')).toBeUndefined());
  stays();
  const onClose = come('q');
  expect(text()).toHaveValue('Another');
  await userEvent.click(screen.getByRole('button', { name: 'Discard the message' }));
  expect(onClose).toHaveBeenCalledOnce();
  stays();
  come('q');
  expect(text()).toHaveValue('');
  expect(stored).not.toHaveBeenCalled();
});
