import { useLang } from '@/shared/i18n';
import type { State } from './api';
import classes from './Messaging.module.css';

/** How a message stands: a dot and a word. */
export function StateMark({ state }: { state: State }) {
  const { lookup } = useLang();
  return (
    <span className={classes.mark} data-state={state}>
      <span className={classes.dot} aria-hidden />
      {lookup(`messages.state.${state}`) ?? state}
    </span>
  );
}
