import { Button, Group, Modal, Text } from '@mantine/core';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { type Tag, useDeleteTag } from '../api';

/** Asks first: a tag that comes off all its patients cannot be put back on them. */
export function DeleteTag({ tag, onClose }: { tag: Tag; onClose: () => void }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const remove = useDeleteTag();
  const go = () =>
    remove.mutateAsync(tag).then(
      () => {
        toast.done(t('tags.deleted'));
        onClose();
      },
      (error: unknown) => toast.failed(textOf(error)),
    );
  return (
    <Modal opened onClose={onClose} size="sm" title={t('tags.deleteAsk', { name: tag.name })} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <Text size="sm" mb="md">
        {t('tags.deleteText', { count: tag.patients })}
      </Text>
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('action.cancel')}
        </Button>
        <Button color="red" loading={remove.isPending} onClick={() => void go()}>
          {t('tags.delete')}
        </Button>
      </Group>
    </Modal>
  );
}
