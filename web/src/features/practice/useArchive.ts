import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { type Service, useSetArchived } from './api';
import { namesOf } from './labels';

/** Archives without asking, since it can be taken back: the toast restores, and so does the list of archived ones. */
export function useArchive() {
  const { t, lang } = useLang();
  const textOf = useErrorText();
  const { mutate } = useSetArchived();
  const fail = { onError: (error: unknown) => toast.failed(textOf(error)) };

  const set = (service: Service, archived: boolean) => {
    const { name } = namesOf(service, lang);
    mutate(
      { id: service.id, version: service.version, archived },
      {
        ...fail,
        onSuccess: (now) => {
          const back = () => mutate({ id: now.id, version: now.version, archived: !archived }, fail);
          toast.undoable(t(archived ? 'services.archived' : 'services.restored', { name }), t('action.undo'), back);
        },
      },
    );
  };
  return { archive: (service: Service) => set(service, true), restore: (service: Service) => set(service, false) };
}
