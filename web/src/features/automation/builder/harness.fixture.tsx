import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { vi } from 'vitest';
import { sessionQuery } from '@/shared/auth/session';
import { sessionOf } from '@/shared/auth/session.fixture';
import { setLang, wantTexts } from '@/shared/i18n';
import { theme } from '@/shared/theme/theme';
import { blocksQuery, type Checked, type Workflow } from '../api';
import type { Blocks, Field } from '../blocks';
import type { Definition } from '../definition';
import { BuilderProvider, useBuilder } from './useBuilder';

export const field = (key: string, more: Partial<Field> = {}): Field => ({ key, kind: 'text', required: false, many: false, sensitive: false, sample: null, ...more });

const patientFields = [field('patient.id', { kind: 'ref', of: 'patient' }), field('patient.givenName', { sample: 'Lina' }), field('patient.age', { kind: 'number' })];
export const blocks: Blocks = {
  subjects: [{ name: 'appointment', permission: '', find: true, dates: ['start'], filters: [{ name: 'status', kind: 'choice', choices: ['scheduled', 'no_show'] }, { name: 'patient', kind: 'id', choices: [] }], fields: [field('start', { kind: 'instant' }), field('status', { kind: 'choice', choices: ['scheduled', 'no_show'] }), ...patientFields] }],
  triggers: [{ event: 'appointment.no_show', subject: 'appointment' }],
  actions: [
    { name: 'tag.add', available: true, permission: '', gives: [], fields: [field('patientId', { kind: 'ref', of: 'patient', required: true }), field('tagId', { kind: 'ref', of: 'tag', required: true })] },
    { name: 'visit.follow', available: true, permission: '', gives: [], fields: [field('visitId', { kind: 'ref', of: 'appointment' })] },
    { name: 'records.find', available: true, permission: '', gives: [], fields: [field('subject', { required: true }), field('filter', { kind: 'object' })] },
    { name: 'message.send_sms', available: true, permission: '', gives: [], fields: [field('template', { kind: 'ref', of: 'template' }), field('text', { unless: 'template' })] },
    { name: 'task.create', available: true, permission: '', gives: [], fields: [field('title', { required: true }), field('dueInMinutes', { kind: 'minutes' }), field('priority', { kind: 'choice', choices: ['low', 'high'] }), field('assetId', { kind: 'ref', of: 'asset' })] },
  ],
  recipes: [],
};

const visit = { id: 'a1', start: '2026-12-01T06:30:00Z', serviceId: null };
const lina = { id: 'p1', givenName: 'Lina', familyName: 'Ali', givenNameOther: null, familyNameOther: null };

/** The definition of the moment, as the form below the provider made it. */
let now: Definition;
function Spy() {
  now = useBuilder().definition;
  return null;
}

/** Shows a part of the builder on a definition, in a practice with one tag, and one patient with one appointment; `checked` is what the server says of it. */
export async function show(definition: Definition, part: ReactNode, { checked = { problems: [], variables: {} }, permissions = ['workflows.write', 'patients.read'] }: { checked?: Checked; permissions?: string[] } = {}) {
  await wantTexts('automation');
  await setLang('en');
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith('/workflows/check')) return Response.json(checked);
    if (pathname.endsWith('/patients/search')) return Response.json({ items: [lina] });
    if (pathname.endsWith(`/patients/${lina.id}`)) return Response.json(lina);
    if (pathname.endsWith(`/appointments/${visit.id}`)) return Response.json({ ...visit, patientId: lina.id });
    const items = pathname.endsWith('/tags') ? [{ id: 't1', name: 'VIP', colour: 'teal' }] : pathname.endsWith('/appointments') ? [visit] : [];
    return Response.json({ items, reasons: [], nextCursor: null });
  });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  client.setQueryData(sessionQuery.queryKey, sessionOf({ permissions: permissions as never }));
  client.setQueryData(blocksQuery.queryKey, blocks);
  const workflow = { id: 'w', name: 'Follow-up', description: null, status: 'draft', version: 1, definition } as unknown as Workflow;
  render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={client}>
        <BuilderProvider workflow={workflow}>
          {part}
          <Spy />
        </BuilderProvider>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return () => now;
}
