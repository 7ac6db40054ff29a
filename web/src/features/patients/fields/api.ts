import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/shared/api/client';
import { crud } from '@/shared/api/crud';
import type { Schemas } from '@/shared/api/problem';

export type CustomField = Schemas['CustomField'];
export type FieldKind = Schemas['FieldKind'];
export type FieldOption = Schemas['FieldOption'];

const FIELD = 'patient_field';

const all = async (signal: AbortSignal) => (await unwrap(api.GET('/api/v1/patient-fields', { signal }))).items;

export const customFields = crud<CustomField, Schemas['NewField'], Omit<Schemas['FieldChange'], 'version'>>(
  FIELD,
  {
    list: all,
    // there is no reading of one alone, and never so many that it would matter
    one: async (id, signal) => {
      const found = (await all(signal)).find((field) => field.id === id);
      if (!found) throw new Error('no such field');
      return found;
    },
    create: (body, key) => unwrap(api.POST('/api/v1/patient-fields', { body, params: { header: { 'Idempotency-Key': key } } })),
    change: (id, body) => unwrap(api.PATCH('/api/v1/patient-fields/{id}', { body, params: { path: { id } } })),
  },
  ['patient'],
);

export const inUse = (fields: CustomField[] | undefined) => fields?.filter((field) => !field.archivedAt) ?? [];

export function useOrderFields() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (ids: string[]) => (await unwrap(api.POST('/api/v1/patient-fields/order', { body: { ids } }))).items,
    onSuccess: (fields) => client.setQueryData(customFields.listQuery.queryKey, fields),
  });
}

/** Archives or restores. */
export function useSetArchived() {
  const keep = customFields.useKeep();
  return async ({ id, version }: Pick<CustomField, 'id' | 'version'>, archived: boolean): Promise<CustomField> => {
    const request = { params: { path: { id } }, body: { version } };
    const now = await unwrap(archived ? api.POST('/api/v1/patient-fields/{id}/archive', request) : api.POST('/api/v1/patient-fields/{id}/restore', request));
    keep(now);
    return now;
  };
}
