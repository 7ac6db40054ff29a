import { Avatar, Skeleton, UnstyledButton } from '@mantine/core';
import { useLang } from '@/shared/i18n';
import lists from '@/shared/ui/List.module.css';
import { onRowKeys } from '@/shared/ui/rowKeys';
import type { PatientItem } from './api';
import { Phone, SevereMark, StatusBadge, useAge } from './marks';
import { initialsOf, namesOf } from './person';

const SKELETONS = 8;

type Props = { items: PatientItem[] | undefined; onOpen: (patient: PatientItem) => void };

/** The same list where a table does not fit. */
export function PatientCards({ items, onOpen }: Props) {
  const { lang } = useLang();
  const ageOf = useAge();
  return (
    <ul className={lists.cards} onKeyDown={onRowKeys} aria-busy={!items}>
      {items
        ? items.map((p) => {
            const { name } = namesOf(p, lang);
            return (
              <li key={p.id}>
                <UnstyledButton data-row={p.id} className={lists.cardRow} onClick={() => onOpen(p)}>
                  <Avatar size={40} radius="xl" aria-hidden>
                    {initialsOf(name)}
                  </Avatar>
                  <span className={lists.cardMain}>
                    <b>
                      <bdi>{name}</bdi>
                    </b>
                    <span>{p.phone ? <Phone number={p.phone} /> : p.birthDate ? ageOf(p.birthDate) : '–'}</span>
                  </span>
                  <SevereMark alerts={p.alerts} />
                  <span className={lists.cardEnd}>
                    <StatusBadge status={p.status} deleted={!!p.deletedAt} />
                  </span>
                </UnstyledButton>
              </li>
            );
          })
        : Array.from({ length: SKELETONS }, (_, i) => (
            <li key={i} className={lists.cardRow}>
              <Skeleton h={40} />
            </li>
          ))}
    </ul>
  );
}
