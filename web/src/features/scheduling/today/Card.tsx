import { Button, UnstyledButton } from '@mantine/core';
import { IconArrowNarrowRight } from '@tabler/icons-react';
import { SevereMark } from '@/features/patients/marks';
import { namesOf } from '@/features/patients/person';
import { useLang } from '@/shared/i18n';
import { formatTime } from '@/shared/i18n/format';
import { ColourDot } from '@/shared/ui/ColourField';
import type { Item } from '../api';
import { StatusMark } from '../StatusMark';
import type { Names } from '../useNames';
import type { Column } from '../visit/stages';
import classes from './Today.module.css';

const MINUTE = 60_000;
/** After that somebody should say something to whoever waits. */
const LONG = 15;

type Props = {
  item: Item;
  names: Names;
  now: number;
  held: boolean;
  /** Where the button sends it; missing where there is nowhere further, or no right to. */
  next: Column | undefined;
  onOpen: () => void;
  onNext: () => void;
  onHold: ((holding: boolean) => void) | undefined;
};

/** A visit on the board. */
export function Card({ item, names, now, held, next, onOpen, onNext, onHold }: Props) {
  const { t, lang } = useLang();
  const { name } = namesOf(item.patient, lang);
  const colour = item.colour ?? names.service(item.serviceId)?.colour;
  return (
    <li
      className={classes.card}
      data-card={item.id}
      data-held={held || undefined}
      draggable={!!onHold}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = 'move';
        event.dataTransfer.setData('text/plain', item.id);
        onHold?.(true);
      }}
      onDragEnd={() => onHold?.(false)}
    >
      <UnstyledButton data-row={item.id} className={classes.open} onClick={onOpen}>
        <span className={classes.line}>
          <b className="tnum">{formatTime(lang, item.timeZone, item.start)}</b>
          <Note item={item} now={now} />
        </span>
        <span className={classes.name}>
          <bdi>{name}</bdi>
          <SevereMark alerts={item.patient.alerts} />
        </span>
        <span className={classes.what}>
          {colour ? <ColourDot colour={colour} /> : null}
          <bdi>{names.serviceName(item.serviceId)}</bdi>
        </span>
        <span className={classes.what}>
          <bdi>{names.personNames(item.providerIds)}</bdi>
        </span>
      </UnstyledButton>
      {next ? (
        <Button size="compact-sm" variant="light" fullWidth className={classes.next ?? ''} data-next aria-label={t('scheduling.today.send', { name, column: t(`scheduling.today.to.${next}`) })} rightSection={<IconArrowNarrowRight size={16} />} onClick={onNext}>
          {t(`scheduling.today.to.${next}`)}
        </Button>
      ) : null}
    </li>
  );
}

/** What is worth knowing at a glance: confirmed or not, late, waiting for how long. */
function Note({ item, now }: { item: Item; now: number }) {
  const { t } = useLang();
  const since = (at: string) => Math.floor((now - Date.parse(at)) / MINUTE);
  if (item.status === 'arrived' && item.arrivedAt) {
    const minutes = Math.max(0, since(item.arrivedAt));
    return (
      <span className={classes.note} data-long={minutes >= LONG || undefined}>
        {t('scheduling.today.waiting', { count: minutes })}
      </span>
    );
  }
  if (item.status === 'in_chair' && item.seatedAt) return <span className={classes.note}>{t('unit.minutes', { count: Math.max(0, since(item.seatedAt)) })}</span>;
  if (item.status !== 'scheduled' && item.status !== 'confirmed') return null;
  const late = since(item.start);
  if (late > 0)
    return (
      <span className={classes.note} data-long>
        {t('scheduling.today.late', { count: late })}
      </span>
    );
  return (
    <span className={classes.note}>
      <StatusMark status={item.status} />
    </span>
  );
}
