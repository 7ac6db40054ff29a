import { Avatar, Skeleton, UnstyledButton } from '@mantine/core';
import { useLongPress } from '@mantine/hooks';
import { IconCheck } from '@tabler/icons-react';
import { useRef } from 'react';
import { useLang } from '@/shared/i18n';
import lists from '@/shared/ui/List.module.css';
import type { PatientItem } from './api';
import { Phone, SevereMark, StatusBadge, useAge } from './marks';
import { usePeek } from './peek/usePeek';
import { initialsOf, namesOf } from './person';

const SKELETONS = 8;

type Props = {
  items: PatientItem[] | undefined;
  onOpen: (patient: PatientItem) => void;
  /** Ids of those that were chosen; while there is such a set, a tap chooses instead of opening. */
  chosen: ReadonlySet<string> | undefined;
  /** Missing where nothing can be done with many. */
  onChoose: ((ids: ReadonlySet<string>) => void) | undefined;
};

/** The same list where a table does not fit. */
export function PatientCards({ items, onOpen, chosen, onChoose }: Props) {
  const { onKeyDown } = usePeek();
  const toggle = ({ id }: PatientItem) => onChoose?.(chosen?.has(id) ? new Set([...chosen].filter((one) => one !== id)) : new Set([...(chosen ?? []), id]));
  return (
    <ul className={lists.cards} onKeyDown={onKeyDown} aria-busy={!items}>
      {items
        ? items.map((p) => (
            <li key={p.id}>
              <Card patient={p} chosen={chosen?.has(p.id)} onTap={() => (chosen ? toggle(p) : onOpen(p))} onHold={onChoose ? () => toggle(p) : undefined} />
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
  patient: PatientItem;
  /** Missing unless patients are being chosen. */
  chosen: boolean | undefined;
  onTap: () => void;
  onHold: (() => void) | undefined;
};

function Card({ patient: p, chosen, onTap, onHold }: CardProps) {
  const { lang } = useLang();
  const ageOf = useAge();
  const { name } = namesOf(p, lang);
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
  return (
    <UnstyledButton
      {...holding}
      data-row={p.id}
      className={lists.cardRow}
      {...(chosen === undefined ? {} : { role: 'checkbox', 'aria-checked': chosen, bg: chosen ? 'var(--brand-tint)' : undefined })}
      onContextMenu={(event) => event.preventDefault()}
      onClick={() => {
        if (!held.current) onTap();
        held.current = false;
      }}
    >
      <Avatar size={40} radius="xl" aria-hidden {...(chosen ? { color: 'brand', variant: 'filled' } : {})}>
        {chosen ? <IconCheck size={20} /> : initialsOf(name)}
      </Avatar>
      <span className={lists.cardMain}>
        <b>
          <bdi className="cut">{name}</bdi>
        </b>
        <span>{p.phone ? <Phone number={p.phone} /> : p.birthDate ? ageOf(p.birthDate) : '–'}</span>
      </span>
      <SevereMark alerts={p.alerts} />
      <span className={lists.cardEnd}>
        <StatusBadge status={p.status} deleted={!!p.deletedAt} />
      </span>
    </UnstyledButton>
  );
}
