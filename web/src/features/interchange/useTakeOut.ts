import { useRef } from 'react';
import { api, unwrap } from '@/shared/api/client';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { saveFile } from '@/shared/ui/saveFile';
import { toast } from '@/shared/ui/toast';

/** Has the browser save a patient's whole record: on paper in the language of the page, or for another system as FHIR. */
export function useTakeOut(patient: { id: string; number: number }) {
  const { t, lang } = useLang();
  const textOf = useErrorText();
  const busy = useRef(false);
  const params = { path: { id: patient.id } };
  const files = {
    pdf: () => unwrap(api.POST('/api/v1/patients/{id}/print', { params, body: { language: lang, timeline: true }, parseAs: 'blob' })),
    json: () => unwrap(api.GET('/fhir/R4/Patient/{id}/$everything', { params, parseAs: 'blob' })),
  };
  return async (kind: keyof typeof files) => {
    if (busy.current) return;
    busy.current = true;
    try {
      saveFile((await files[kind]()) as unknown as Blob, `${t('interchange.file', { number: patient.number })}.${kind}`);
    } catch (error) {
      toast.failed(textOf(error));
    } finally {
      busy.current = false;
    }
  };
}
