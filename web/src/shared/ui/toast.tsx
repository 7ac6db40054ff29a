import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { uuid } from '@/shared/api/uuid';
import { words } from '@/shared/i18n';
import { createStore } from '@/shared/store';

const UNDO_MS = 10_000;

/** What `u` takes back: the newest toast that can still be undone. */
export const lastUndo = createStore<(() => void) | undefined>(undefined);

const framed = () => ({ withBorder: true, closeButtonProps: { 'aria-label': words().t('action.close') } });

export const toast = {
  done: (message: string) => void notifications.show({ message, color: 'teal', ...framed() }),
  failed: (message: string) => void notifications.show({ message, color: 'red', ...framed(), autoClose: 8_000 }),

  /** Says what was done, with a way back instead of a question beforehand. */
  undoable(message: string, label: string, undo: () => void) {
    const id = uuid();
    const forget = () => {
      if (lastUndo.get() === run) lastUndo.set(undefined);
    };
    const run = () => {
      notifications.hide(id);
      forget();
      undo();
    };
    lastUndo.set(run);
    notifications.show({
      id,
      color: 'teal',
      ...framed(),
      autoClose: UNDO_MS,
      onClose: forget,
      message: (
        <span className="toast">
          <span>{message}</span>
          <Button size="compact-sm" variant="light" onClick={run}>
            {label}
          </Button>
        </span>
      ),
    });
  },
};
