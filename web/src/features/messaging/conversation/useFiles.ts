import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { LARGEST_FILE, useGiveAttachment } from '../api';
import type { Draft } from './draft';

/** Files are given one by one, before the message that takes them along. */
export function useFiles(draft: Pick<Draft, 'files'>, set: (next: Pick<Draft, 'files'>) => void) {
  const { t } = useLang();
  const textOf = useErrorText();
  const give = useGiveAttachment();
  const attach = async (files: readonly File[]) => {
    let given = draft.files;
    for (const file of files) {
      if (file.size > LARGEST_FILE) {
        toast.failed(t('messages.compose.tooLarge', { name: file.name }));
        continue;
      }
      try {
        const { id, name } = await give.mutateAsync(file);
        given = [...given, { id, name }];
        set({ files: given });
      } catch (error) {
        toast.failed(textOf(error));
      }
    }
  };
  return { attach, attaching: give.isPending };
}
