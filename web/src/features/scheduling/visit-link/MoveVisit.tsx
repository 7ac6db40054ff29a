import { Alert, Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiProblem } from '@/shared/api/problem';
import { daysAfter } from '@/shared/days';
import { useLang } from '@/shared/i18n';
import { formatDayLong, formatTime } from '@/shared/i18n/format';
import { Failed } from '@/shared/ui/Page';
import { dayIn } from '@/shared/zoned';
import { type Opened, timesQuery, useMoveVisit, type Visit, type VisitSlot } from './api';
import { Frame } from './Frame';
import classes from './VisitLink.module.css';
import { ended, VisitFacts } from './VisitView';
import { useRefusalText } from './words';

type Props = { opened: Opened; visit: Visit; onBack: () => void; onEnded: (error: unknown) => void };

/** Days that are looked at together. */
const WINDOW = 14;

/** What is free near the time that somebody else took meanwhile. */
function nearOf(error: unknown): VisitSlot[] | undefined {
  if (!(error instanceof ApiProblem)) return undefined;
  const current = error.problem.current as { alternatives?: VisitSlot[] } | undefined;
  return current?.alternatives;
}

/** Another time for the same visit: choose, look at it once more, move. */
export function MoveVisit({ opened, visit, onBack, onEnded }: Props) {
  const { t, lang } = useLang();
  const textOf = useRefusalText();
  const zone = visit.timeZone;
  const today = dayIn(zone, new Date());
  const last = daysAfter(today, visit.horizonDays);
  const [from, setFrom] = useState(today);
  const [chosen, setChosen] = useState<string>();
  const [failed, setFailed] = useState<unknown>();
  const move = useMoveVisit(opened);
  const to = [daysAfter(from, WINDOW - 1), last].sort()[0]!;
  const times = useQuery(timesQuery(opened, { from, to }));
  const near = nearOf(failed);

  const go = async () => {
    if (!chosen) return;
    setFailed(undefined);
    try {
      await move.mutateAsync({ version: visit.version, start: chosen });
      onBack();
    } catch (error) {
      if (ended(error)) return onEnded(error);
      setChosen(undefined);
      setFailed(error);
    }
  };
  const turn = (days: number) => {
    setChosen(undefined);
    setFailed(undefined);
    setFrom((now) => daysAfter(now, days));
  };
  return (
    <Frame title={t('visitLink.chooseTime')} practice={visit.practice}>
      <VisitFacts visit={visit} />
      {failed ? (
        <Alert color="orange" role="alert">
          {textOf(failed)}
          {near?.length ? <Chips slots={near} zone={zone} chosen={chosen} dated onChoose={setChosen} /> : null}
        </Alert>
      ) : null}
      {times.error ? (
        <Failed error={times.error} retry={() => void times.refetch()} />
      ) : times.data ? (
        <Days slots={times.data.items} zone={zone} chosen={chosen} onChoose={setChosen} />
      ) : (
        <Skeleton h={180} />
      )}
      <div className={classes.turns}>
        <Button size="md" variant="default" disabled={from <= today} onClick={() => turn(-WINDOW)}>
          {t('visitLink.earlierDays')}
        </Button>
        <Button size="md" variant="default" disabled={to >= last} onClick={() => turn(WINDOW)}>
          {t('visitLink.laterDays')}
        </Button>
      </div>
      <div className={classes.decide}>
        {chosen ? (
          <p role="status">
            {t('visitLink.newTime')} <b>{formatDayLong(lang, dayIn(zone, chosen))}</b> <b className="tnum">{formatTime(lang, zone, chosen)}</b>
          </p>
        ) : null}
        <Button size="lg" fullWidth disabled={!chosen} loading={move.isPending} onClick={() => void go()}>
          {t('visitLink.moveGo')}
        </Button>
        <Button size="lg" fullWidth variant="subtle" color="gray" onClick={onBack}>
          {t('visitLink.keep')}
        </Button>
      </div>
    </Frame>
  );
}

type ChoiceProps = { slots: VisitSlot[]; zone: string; chosen: string | undefined; onChoose: (start: string) => void };

/** Days with something free, in order, each with its times. */
function Days({ slots, ...rest }: ChoiceProps) {
  const { t, lang } = useLang();
  const days = new Map<string, VisitSlot[]>();
  for (const slot of slots) {
    const day = dayIn(rest.zone, slot.start);
    days.set(day, [...(days.get(day) ?? []), slot]);
  }
  if (!days.size) return <p className={classes.lead}>{t('visitLink.nothingFree')}</p>;
  return [...days].map(([day, own]) => (
    <section key={day} className={classes.day}>
      <h2>{formatDayLong(lang, day)}</h2>
      <Chips slots={own} {...rest} />
    </section>
  ));
}

function Chips({ slots, zone, chosen, dated, onChoose }: ChoiceProps & { dated?: boolean }) {
  const { lang } = useLang();
  return (
    <div className={classes.chips} data-dated={dated || undefined}>
      {slots.map(({ start }) => (
        <button key={start} type="button" data-slot={start} aria-pressed={start === chosen} className={classes.chip} onClick={() => onChoose(start)}>
          {dated ? <small>{formatDayLong(lang, dayIn(zone, start))}</small> : null}
          <span className="tnum">{formatTime(lang, zone, start)}</span>
        </button>
      ))}
    </div>
  );
}
