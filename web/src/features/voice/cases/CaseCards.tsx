import { Skeleton, UnstyledButton } from '@mantine/core';
import { useLongPress } from '@mantine/hooks';
import { IconSquare, IconSquareCheck } from '@tabler/icons-react';
import { useRef } from 'react';
import lists from '@/shared/ui/List.module.css';
import { onRowKeys } from '@/shared/ui/rowKeys';
import type { CallWorkflow } from '../api';
import { CaseMark } from '../marks';
import { useCaseTitle } from '../useCaseTitle';
import { Value } from '../Value';
import { isEmpty, listed } from '../values';
import type { Case } from './api';

const SKELETONS = 8;

type Props = {
  workflow: CallWorkflow;
  items: Case[] | undefined;
  onOpen: (one: Case) => void;
  /** Ids of those that were chosen; while there is such a set, a tap chooses instead of opening. */
  chosen: ReadonlySet<string> | undefined;
  /** Missing where nothing can be done with many. */
  onChoose: ((ids: ReadonlySet<string>) => void) | undefined;
};

/** The same list where a table does not fit. */
export function CaseCards({ workflow, items, onOpen, chosen, onChoose }: Props) {
  const toggle = ({ id }: Case) => onChoose?.(chosen?.has(id) ? new Set([...chosen].filter((one) => one !== id)) : new Set([...(chosen ?? []), id]));
  return (
    <ul className={lists.cards} onKeyDown={onRowKeys} aria-busy={!items}>
      {items
        ? items.map((one) => (
            <li key={one.id}>
              <Card workflow={workflow} one={one} chosen={chosen?.has(one.id)} onTap={() => (chosen ? toggle(one) : onOpen(one))} onHold={onChoose ? () => toggle(one) : undefined} />
            </li>
          ))
        : Array.from({ length: SKELETONS }, (_, i) => (
            <li key={i} className={lists.cardRow}>
              <Skeleton h={40} />
            </li>
          ))}
    </ul>
  );
}

type CardProps = {
  workflow: CallWorkflow;
  one: Case;
  /** Missing unless cases are being chosen. */
  chosen: boolean | undefined;
  onTap: () => void;
  onHold: (() => void) | undefined;
};

function Card({ workflow, one, chosen, onTap, onHold }: CardProps) {
  const titleOf = useCaseTitle();
  // the tap that ends holding is none of its own
  const held = useRef(false);
  const holding = useLongPress(
    () => {
      if (!onHold) return;
      held.current = true;
      onHold();
    },
    { events: ['touch'], cancelOnMove: true, onStart: () => void (held.current = false) },
  );
  const second = listed(workflow.fields).slice(1).find((field) => !isEmpty(one.fields[field.key]));
  return (
    <UnstyledButton
      {...holding}
      data-row={one.id}
      className={lists.cardRow}
      {...(chosen === undefined ? {} : { role: 'checkbox', 'aria-checked': chosen, bg: chosen ? 'var(--brand-tint)' : undefined })}
      onContextMenu={(event) => event.preventDefault()}
      onClick={() => {
        if (!held.current) onTap();
        held.current = false;
      }}
    >
      {chosen === undefined ? null : chosen ? <IconSquareCheck size={22} stroke={1.7} /> : <IconSquare size={22} stroke={1.7} />}
      <span className={lists.cardMain}>
        <b>
          <bdi className="cut">{titleOf(workflow, one)}</bdi>
        </b>
        <span>{second ? <Value field={second} value={one.fields[second.key]} /> : '–'}</span>
      </span>
      <span className={lists.cardEnd}>
        <CaseMark status={one.callStatus} />
      </span>
    </UnstyledButton>
  );
}
