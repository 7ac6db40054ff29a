import { useRef } from 'react';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { saveFile } from '@/shared/ui/saveFile';
import { toast } from '@/shared/ui/toast';
import { exportCases, type Listed } from './api';

/** Has the browser save what the list shows as a file. What was searched for travels in the body. */
export function useExport(listed: Listed) {
  const { t } = useLang();
  const textOf = useErrorText();
  const busy = useRef(false);
  return async (sensitive = false) => {
    if (busy.current) return;
    busy.current = true;
    try {
      saveFile(await exportCases(listed, sensitive), `${t('cases.export.name')}.csv`);
    } catch (error) {
      toast.failed(textOf(error));
    } finally {
      busy.current = false;
    }
  };
}
