import { Button, Text } from '@mantine/core';
import { IconPhotoUp, IconTrash } from '@tabler/icons-react';
import { type DragEvent, useId, useRef, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { useUndoable } from '@/shared/ui/useUndoable';
import { logoAddress, useLogo } from './api';
import { PICTURES, sendable } from './picture';
import classes from './ProfilePage.module.css';

type Props = { tag: string | null; readOnly: boolean };

/** The logo: dropped or chosen, sent at once, shown whole. */
export function LogoField({ tag, readOnly }: Props) {
  const { t } = useLang();
  const textOf = useErrorText();
  const undoable = useUndoable();
  const { set, remove, fetchPicture } = useLogo();
  const [over, setOver] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  const id = useId();

  const take = async (file: File | undefined) => {
    if (!file) return;
    setWrong(undefined);
    const picture = await sendable(file);
    if (!picture) return setWrong(t('profile.logoWrong'));
    set.mutate(picture, { onSuccess: () => toast.done(t('profile.logoSaved')), onError: (error) => setWrong(textOf(error)) });
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!readOnly) void take(event.dataTransfer.files[0]);
  };
  const takeAway = () =>
    void undoable(
      async () => {
        const picture = await fetchPicture();
        await remove.mutateAsync();
        return picture;
      },
      t('profile.logoRemoved'),
      (picture) => set.mutateAsync(picture),
    );

  return (
    <div
      className={classes.logo}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(!readOnly);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div className={classes.picture}>
        {tag ? <img src={logoAddress(tag)} alt={t('profile.logo')} /> : <IconPhotoUp size={28} stroke={1.5} aria-hidden />}
      </div>
      <div className={classes.logoText}>
        <Text size="sm" c="var(--text-dim)" id={`${id}-hint`}>
          {t('profile.logoHint')}
        </Text>
        {readOnly ? null : (
          <div className={classes.logoActions}>
            <input ref={input} type="file" accept={PICTURES.join()} className={classes.file} tabIndex={-1} aria-hidden onChange={(e) => void take(e.currentTarget.files?.[0])} />
            <Button variant="default" size="xs" loading={set.isPending} onClick={() => input.current?.click()} aria-describedby={`${id}-hint`}>
              {t(tag ? 'profile.logoChange' : 'profile.logoChoose')}
            </Button>
            {tag ? (
              <Button variant="subtle" size="xs" color="red" leftSection={<IconTrash size={14} />} loading={remove.isPending} onClick={takeAway}>
                {t('action.remove')}
              </Button>
            ) : null}
          </div>
        )}
        {wrong ? (
          <Text size="xs" c="var(--mantine-color-error)" role="alert">
            {wrong}
          </Text>
        ) : null}
      </div>
    </div>
  );
}
