import { Button } from '@mantine/core';
import { useLang } from '@/shared/i18n';
import classes from './SaveBar.module.css';
import { LeaveGuard } from './LeaveGuard';

export type Bar = { dirty: boolean; busy: boolean; blocked?: boolean; onSave?: () => void; onDiscard: () => void };

/**
 * At the foot of a page that is one form: there while something is unsaved, and in the way of leaving it. Without
 * `onSave` its button sends the form that it stands in.
 */
export function SaveBar({ dirty, busy, blocked = false, onSave, onDiscard }: Bar) {
  const { t } = useLang();
  return (
    <>
      <div role="status" className={classes.region}>
        {dirty ? (
          <div className={classes.bar}>
            <span className={classes.text}>{t('form.unsaved')}</span>
            <Button variant="default" disabled={busy} onClick={onDiscard}>
              {t('form.discardYes')}
            </Button>
            <Button {...(onSave ? { onClick: onSave } : { type: 'submit' as const })} loading={busy} disabled={blocked}>
              {t('action.save')}
            </Button>
          </div>
        ) : null}
      </div>
      <LeaveGuard when={dirty && !busy} />
    </>
  );
}
