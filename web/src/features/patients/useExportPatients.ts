import { useRef } from 'react';
import { api, unwrap } from '@/shared/api/client';
import type { Schemas } from '@/shared/api/problem';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { saveFile } from '@/shared/ui/saveFile';
import { toast } from '@/shared/ui/toast';
import type { Listed } from './api';

/** Has the browser save what the list shows, or of that only those with these ids, as a file. What was searched for travels in the body. */
export function useExportPatients({ deleted, filter, sort, q, ids }: Listed & { ids?: string[] }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const busy = useRef(false);
  return async (format: 'csv' | 'xlsx') => {
    if (busy.current) return;
    busy.current = true;
    try {
      const body = { format, sort, deleted, ...(q ? { q } : {}), ...(filter ? { filter } : {}), ...(ids ? { ids } : {}) } as Schemas['PatientExport'];
      const file = (await unwrap(api.POST('/api/v1/patients/export', { body, parseAs: 'blob' }))) as unknown as Blob;
      saveFile(file, `${t('patients.export.name')}.${format}`);
    } catch (error) {
      toast.failed(textOf(error));
    } finally {
      busy.current = false;
    }
  };
}
