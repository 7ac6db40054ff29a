import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { type Service, useSetArchived } from './api';
import { namesOf } from './labels';

/** Archives without asking, since it can be taken back: the toast restores, and so does the list of archived ones. */
export function useArchive() {
  const { t, lang } = useLang();
  const textOf = useErrorText();
  const { mutateAsync } = useSetArchived();

  // promises, not the mutation's callbacks: the row or drawer that asked is often gone by the time of the answer
  const put = (service: Service, archived: boolean) =>
    mutateAsync({ id: service.id, version: service.version, archived }).catch((error: unknown) => {
      toast.failed(textOf(error));
      return undefined;
    });
  const set = async (service: Service, archived: boolean) => {
    const now = await put(service, archived);
    if (!now) return;
    const { name } = namesOf(service, lang);
    toast.undoable(t(archived ? 'services.archived' : 'services.restored', { name }), t('action.undo'), () => void put(now, !archived));
  };
  return { archive: (service: Service) => void set(service, true), restore: (service: Service) => void set(service, false) };
}
