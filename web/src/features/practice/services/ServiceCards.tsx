import { Badge, Skeleton, UnstyledButton } from '@mantine/core';
import { useLang } from '@/shared/i18n';
import { showMoney } from '@/shared/i18n/money';
import type { Service } from './api';
import { ColourDot } from '@/shared/ui/ColourField';
import { namesOf } from './labels';
import classes from '@/shared/ui/List.module.css';
import { onRowKeys } from '@/shared/ui/rowKeys';

const SKELETONS = 6;

type Props = { items: Service[] | undefined; onOpen: (service: Service) => void };

/** The same list where a table does not fit. Actions are in the drawer that a card opens. */
export function ServiceCards({ items, onOpen }: Props) {
  const { t, lang } = useLang();
  return (
    <ul className={classes.cards} onKeyDown={onRowKeys} aria-busy={!items}>
      {items
        ? items.map((s) => {
            const details = [t('unit.minutes', { count: s.durationMinutes }), s.category].filter(Boolean).join(' · ');
            return (
              <li key={s.id}>
                <UnstyledButton data-row className={classes.cardRow} onClick={() => onOpen(s)}>
                  <ColourDot colour={s.colour} />
                  <span className={classes.cardMain}>
                    <b>
                      <bdi className="cut">{namesOf(s, lang).name}</bdi>
                    </b>
                    <span>{details}</span>
                  </span>
                  <span className={classes.cardEnd}>
                    <bdi className={`tnum ${classes.price}`}>{showMoney(lang, s.price)}</bdi>
                    {s.archivedAt ? (
                      <Badge radius="sm" className={classes.badge}>
                        {t('services.status.archived')}
                      </Badge>
                    ) : null}
                  </span>
                </UnstyledButton>
              </li>
            );
          })
        : Array.from({ length: SKELETONS }, (_, i) => (
            <li key={i} className={classes.cardRow}>
              <Skeleton h={34} />
            </li>
          ))}
    </ul>
  );
}
