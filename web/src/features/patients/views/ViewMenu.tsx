import { ActionIcon, Button, Menu, Modal, TextInput } from '@mantine/core';
import { IconArrowsSort, IconDeviceFloppy, IconDots, IconPencil, IconTrash, IconUsersGroup, IconUserOff } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { uuid } from '@/shared/api/uuid';
import { useSendKey } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { formErrors, useErrorText } from '@/shared/i18n/errors';
import { ReorderList, RowNames } from '@/shared/ui/ReorderList';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { toast } from '@/shared/ui/toast';
import { useUndoable } from '@/shared/ui/useUndoable';
import { type SavedView, useSaveView, useViewActions } from './api';
import type { CurrentView } from './useView';
import classes from './Views.module.css';

type Props = { view: CurrentView; onOpen: (id: string | undefined) => void };
type Asking = 'save' | 'rename' | 'order';

/** What can be done with the list that is looked at: keep it, share it, put it elsewhere. */
export function ViewMenu({ view, onOpen }: Props) {
  const { t } = useLang();
  const { user } = useSession();
  const mayShare = useCan()('patients.write');
  const textOf = useErrorText();
  const undoable = useUndoable();
  const { create, change } = useSaveView();
  const { share, remove, order } = useViewActions();
  const [asking, setAsking] = useState<Asking>();
  const { saved, saveds, dirty } = view;
  const mine = saved?.ownerId === user.id;
  const own = saveds.filter((one) => one.ownerId === user.id);
  const close = () => setAsking(undefined);
  const failed = (error: unknown) => toast.failed(textOf(error));

  const saveChanges = (one: SavedView) =>
    change.mutateAsync({ id: one.id, body: { version: one.version, ...view.asFields } }).then(() => {
      view.forget();
      onOpen(one.id);
      toast.done(t('form.saved'));
    }, failed);
  const setShared = (one: SavedView, shared: boolean) =>
    void undoable(() => share(one, shared), t(shared ? 'views.shared' : 'views.unshared'), (now) => share(now, !shared));
  const drop = (one: SavedView) => {
    onOpen(undefined);
    const { name, filter, sort, columns } = one;
    void undoable(() => remove(one), t('views.deleted'), () => create.mutateAsync({ body: { name, filter, sort, columns }, key: uuid() }));
  };

  return (
    <>
      {mine && dirty ? (
        <Button variant="light" loading={change.isPending} leftSection={<IconDeviceFloppy size={16} />} onClick={() => void saveChanges(saved)}>
          {t('views.save')}
        </Button>
      ) : ((view.filter || view.tagged) && !saved) || (saved && !mine && dirty) ? (
        <Button variant="light" leftSection={<IconDeviceFloppy size={16} />} onClick={() => setAsking('save')}>
          {t('views.saveAs')}
        </Button>
      ) : null}
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={t('views.actions')} title={t('views.actions')}>
            <IconDots size={18} stroke={1.7} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconDeviceFloppy size={16} />} onClick={() => setAsking('save')} disabled={view.deleted}>
            {t('views.saveAs')}
          </Menu.Item>
          {own.length > 1 ? (
            <Menu.Item leftSection={<IconArrowsSort size={16} />} onClick={() => setAsking('order')}>
              {t('views.order')}
            </Menu.Item>
          ) : null}
          {mine ? (
            <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setAsking('rename')}>
              {t('views.rename')}
            </Menu.Item>
          ) : null}
          {saved && mayShare && (mine || saved.shared) ? (
            <Menu.Item leftSection={saved.shared ? <IconUserOff size={16} /> : <IconUsersGroup size={16} />} onClick={() => setShared(saved, !saved.shared)}>
              {t(saved.shared ? 'views.unshare' : 'views.share')}
            </Menu.Item>
          ) : null}
          {mine ? (
            <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => drop(saved)}>
              {t('views.delete')}
            </Menu.Item>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      {asking === 'save' ? (
        <NameModal
          title={t('views.saveAs')}
          onClose={close}
          save={async (name, keyOf) => {
            const body = { name, ...view.asFields };
            const made = await create.mutateAsync({ body, key: keyOf(body) });
            view.forget();
            onOpen(made.id);
            toast.done(t('views.saved'));
          }}
        />
      ) : null}
      {asking === 'rename' && saved ? (
        <NameModal title={t('views.rename')} name={saved.name} onClose={close} save={async (name) => void (await change.mutateAsync({ id: saved.id, body: { version: saved.version, name } }))} />
      ) : null}
      {asking === 'order' ? (
        <SideDrawer title={t('views.order')} onClose={close}>
          <ReorderList
            rows={own}
            label={t('views.order')}
            canWrite
            nameOf={(one) => one.name}
            onOpen={(one) => {
              close();
              onOpen(one.id);
            }}
            onOrder={(ids) => void order(ids).catch(failed)}
          >
            {(one) => <RowNames name={one.name} other={one.shared ? t('views.isShared') : undefined} />}
          </ReorderList>
        </SideDrawer>
      ) : null}
    </>
  );
}

type NameProps = { title: string; name?: string; save: (name: string, keyOf: (body: unknown) => string) => Promise<void>; onClose: () => void };

function NameModal({ title, name = '', save, onClose }: NameProps) {
  const words = useLang();
  const { t } = words;
  const keyOf = useSendKey();
  const [typed, setTyped] = useState(name);
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!typed.trim()) return setWrong(t('field.required'));
    setBusy(true);
    try {
      await save(typed.trim(), keyOf);
      onClose();
    } catch (error) {
      const { byField, whole } = formErrors(words, error, ['name']);
      setWrong(byField.name ?? whole);
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} size="sm" title={title} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <form noValidate className={classes.modal} onSubmit={(event) => void submit(event)}>
        <TextInput
          label={t('views.name')}
          description={t('views.nameHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={typed}
          error={wrong}
          maxLength={60}
          autoComplete="off"
          className="ownDirection"
          data-autofocus
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setWrong(undefined);
          }}
        />
        <div className={classes.modalFoot}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('views.keep')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
