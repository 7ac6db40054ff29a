import { UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLang } from '@/shared/i18n';
import type { CallItem } from './api';
import { CallMark } from './CallMark';
import classes from './Calls.module.css';
import { useWho } from './who';
import { useCallWords } from './words';

type Props = {
  calls: readonly CallItem[];
  label: string;
  selected: string | undefined;
  /** What stands at the end of the first line: since when, or for how long. */
  aside: (call: CallItem) => ReactNode;
  onSelect: (id: string) => void;
};

/** Calls one below the other, one of which is looked at. */
export function Rows({ calls, label, selected, aside, onSelect }: Props) {
  const { t } = useLang();
  const whoOf = useWho();
  const words = useCallWords();
  return (
    <ul className={classes.rows} aria-label={label}>
      {calls.map((call) => (
        <li key={call.id}>
          <UnstyledButton className={classes.row} data-call={call.id} aria-current={call.id === selected || undefined} onClick={() => onSelect(call.id)}>
            <span className={classes.rowHead}>
              <bdi className={`${classes.rowName} cut`}>{whoOf(call)}</bdi>
              <span className={`${classes.dim} tnum`}>{aside(call)}</span>
            </span>
            <span className={classes.dim}>
              <bdi>{words.about(call)}</bdi> · {t(`calls.transport.${call.transport}`)}
            </span>
            <CallMark call={call} />
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
}
