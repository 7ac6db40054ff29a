import { ActionIcon, Button, SegmentedControl, Skeleton, TextInput, VisuallyHidden } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { parseTime, showTime } from '@/features/practice/hours/time';
import { daysAfter, weekdayOf } from '@/shared/days';
import forms from '@/shared/forms/forms.module.css';
import { useLang } from '@/shared/i18n';
import { formatDay, formatTime, weekdayName } from '@/shared/i18n/format';
import { DateField } from '@/shared/ui/DateField';
import { Failed } from '@/shared/ui/Page';
import { rove } from '@/shared/ui/rove';
import { dayIn, instantIn, localIn } from '@/shared/zoned';
import { type PartOfDay, type Slot, type SlotsAsked, slotsQuery } from '../api';
import classes from './Book.module.css';
import { byDay } from './days';

export type Question = Omit<SlotsAsked, 'from' | 'to' | 'part' | 'limit'>;
/** A time, and who is free then as far as is known. */
export type Chosen = Pick<Slot, 'start' | 'providerIds'>;

type Props = {
  /** Missing: what is to be done, and where, was not chosen yet. */
  question: Question | undefined;
  zone: string;
  /** When it is to begin; empty for nothing chosen. */
  value: string;
  /** The day to begin with; left out, the first one with something free. */
  first?: string | undefined;
  error?: string | undefined;
  onChoose: (chosen: Chosen) => void;
};

const WEEK = 7;
/** As far as the server looks at once. */
const FAR = 30;
const parts = ['any', 'morning', 'afternoon', 'evening'] as const;

/** When it can be: days with what is free on them, and a time of one's own. */
export function Times({ question, zone, value, first, error, onChoose }: Props) {
  const { t } = useLang();
  const today = dayIn(zone, new Date());
  const [part, setPart] = useState<'any' | PartOfDay>('any');
  const [from, setFrom] = useState(first ?? (value ? dayIn(zone, value) : undefined));
  const [picked, setPicked] = useState(from);
  const about = [question?.serviceId, question?.locationId, question?.providerId, question?.alsoProviderIds, question?.roomIds].join(' ');
  const [before, setBefore] = useState(about);
  // something else is asked for, and no time of it chosen yet: again the first that is free
  if (before !== about) {
    setBefore(about);
    if (!value) {
      setFrom(first);
      setPicked(first);
    }
  }
  const asked = { ...question, ...(part === 'any' ? {} : { part }) } as Question;

  const seekFrom = from ? daysAfter(from, WEEK) : today;
  const days = useQuery({ ...slotsQuery({ ...asked, from: from ?? today, to: daysAfter(from ?? today, WEEK - 1) }), enabled: !!question && !!from });
  // what was free for something else is nothing to choose from
  const week = question && from && days.data && !days.isPlaceholderData ? byDay(days.data.items, zone, from, WEEK) : undefined;
  const nothing = !!week?.every((one) => one.slots.length === 0);
  const seek = useQuery({ ...slotsQuery({ ...asked, from: seekFrom, to: daysAfter(seekFrom, FAR), limit: 1 }), enabled: !!question && (!from || nothing) });
  const next = seek.data && !seek.isPlaceholderData ? seek.data.items[0] : undefined;
  // the first time at once
  if (!from && seek.data && !seek.isPlaceholderData) {
    const found = next ? dayIn(zone, next.start) : today;
    setFrom(found);
    setPicked(found);
  }

  const day = picked ?? from ?? today;
  const go = (to: string) => {
    setPicked(to);
    if (!from || to < from || to >= daysAfter(from, WEEK)) setFrom(to);
  };
  const page = (by: number) => {
    const to = daysAfter(from ?? today, by);
    setFrom(to < today ? today : to);
    setPicked(to < today ? today : to);
  };

  if (!question) return <p className={classes.hint}>{t('scheduling.book.chooseFirst')}</p>;
  const failed = days.error ?? seek.error;
  return (
    <div className={classes.times}>
      <div className={forms.two}>
        <DateField label={t('scheduling.book.day')} value={day} onChange={(to) => to && go(to)} />
        <TypedTime key={`${day} ${value}`} day={day} zone={zone} value={value} error={error} onType={(start) => onChoose({ start, providerIds: week?.flatMap((one) => one.slots).find((slot) => Date.parse(slot.start) === Date.parse(start))?.providerIds ?? [] })} />
      </div>
      <SegmentedControl fullWidth aria-label={t('scheduling.book.part')} value={part} onChange={(to) => setPart(to as typeof part)} data={parts.map((one) => ({ value: one, label: t(`scheduling.book.part.${one}`) }))} />
      {(days.data ?? seek.data)?.degraded ? (
        <p className={classes.hint} role="status">
          {t('scheduling.calcom.degraded')}
        </p>
      ) : null}
      <Strip from={from ?? today} today={today} day={day} week={week} onPick={setPicked} onPage={page} />
      {failed ? (
        <Failed error={failed} retry={() => void Promise.all([days.refetch(), seek.refetch()])} />
      ) : nothing ? (
        <p className={classes.hint} role="status">
          {t('scheduling.book.weekFull')}{' '}
          {next ? (
            <Button size="compact-sm" variant="light" onClick={() => go(dayIn(zone, next.start))}>
              <NextDay zone={zone} at={next.start} />
            </Button>
          ) : null}
        </p>
      ) : (
        <Chips slots={week?.find((one) => one.day === day)?.slots} day={day} zone={zone} value={value} onChoose={onChoose} />
      )}
    </div>
  );
}

function NextDay({ zone, at }: { zone: string; at: string }) {
  const { t, lang } = useLang();
  return t('scheduling.book.nextFree', { day: formatDay(lang, dayIn(zone, at)) });
}

const TIME_AT = 11;

/** A time as people type it; what was chosen below stands here as well. */
function TypedTime({ day, zone, value, error, onType }: { day: string; zone: string; value: string; error?: string | undefined; onType: (start: string) => void }) {
  const { t } = useLang();
  const now = value && dayIn(zone, value) === day ? localIn(zone, value).slice(TIME_AT) : '';
  const [text, setText] = useState(now);
  const [wrong, setWrong] = useState(false);
  const take = () => {
    const minute = parseTime(text);
    setWrong(!!text.trim() && minute === undefined);
    if (minute === undefined || !text.trim()) return;
    const start = instantIn(zone, `${day}T${showTime(minute)}`);
    if (Date.parse(start) !== Date.parse(value)) onType(start);
  };
  return (
    <TextInput
      label={t('scheduling.book.time')}
      placeholder={t('scheduling.book.timeHint')}
      className="ownDirection tnum"
      autoComplete="off"
      maxLength={12}
      value={text}
      error={wrong ? t('field.invalid_time') : error}
      onChange={(e) => setText(e.currentTarget.value)}
      onBlur={take}
      onKeyDown={(e) => {
        if (e.key !== 'Enter') return;
        // takes the time; sending comes after it was seen
        e.preventDefault();
        take();
      }}
    />
  );
}

type StripProps = { from: string; today: string; day: string; week: ReturnType<typeof byDay> | undefined; onPick: (day: string) => void; onPage: (days: number) => void };

/** Seven days, each with how much is free. */
function Strip({ from, today, day, week, onPick, onPage }: StripProps) {
  const { t, lang } = useLang();
  const shown = week ?? Array.from({ length: WEEK }, (_, n) => ({ day: daysAfter(from, n), slots: undefined }));
  return (
    <div className={classes.strip}>
      <ActionIcon variant="subtle" color="gray" size={32} className={classes.turn ?? ''} aria-label={t('scheduling.book.earlier')} disabled={from <= today} onClick={() => onPage(-WEEK)}>
        <IconChevronLeft size={18} stroke={1.8} />
      </ActionIcon>
      <div role="group" aria-label={t('scheduling.book.days')} aria-busy={!week} className={classes.days} onKeyDown={rove}>
        {shown.map((one) => (
          <button
            key={one.day}
            type="button"
            data-rove
            tabIndex={one.day === day ? 0 : -1}
            aria-pressed={one.day === day}
            data-none={one.slots?.length === 0 || undefined}
            className={classes.day}
            onClick={() => onPick(one.day)}
          >
            <small aria-hidden>{weekdayName(lang, weekdayOf(one.day), 'short')}</small>
            <b aria-hidden className="tnum">
              {Number(one.day.slice(-2))}
            </b>
            <small aria-hidden className="tnum">
              {one.slots ? one.slots.length || '–' : '…'}
            </small>
            <VisuallyHidden>{[formatDay(lang, one.day), one.slots ? t('scheduling.book.free', { count: one.slots.length }) : ''].join(': ')}</VisuallyHidden>
          </button>
        ))}
      </div>
      <ActionIcon variant="subtle" color="gray" size={32} className={classes.turn ?? ''} aria-label={t('scheduling.book.later')} onClick={() => onPage(WEEK)}>
        <IconChevronRight size={18} stroke={1.8} />
      </ActionIcon>
    </div>
  );
}

type ChipsProps = { slots: Slot[] | undefined; day: string; zone: string; value: string; onChoose: (chosen: Chosen) => void };

/** What is free on a day; what is chosen stays among it, though it is no longer free for others. */
function Chips({ slots, day, zone, value, onChoose }: ChipsProps) {
  const { t, lang } = useLang();
  if (!slots) return <Skeleton h={76} />;
  const same = (slot: Chosen) => Date.parse(slot.start) === Date.parse(value);
  const chosen: Chosen[] = value && dayIn(zone, value) === day && !slots.some(same) ? [{ start: value, providerIds: [] }] : [];
  const all: Chosen[] = [...slots, ...chosen].sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
  if (!all.length) return <p className={classes.hint}>{t('scheduling.book.dayFull')}</p>;
  const stop = Math.max(0, all.findIndex(same));
  return (
    <div role="group" aria-label={t('scheduling.book.freeTimes')} className={classes.chips} onKeyDown={rove}>
      {all.map((slot, n) => (
        <button key={slot.start} type="button" data-rove data-slot={slot.start} tabIndex={n === stop ? 0 : -1} aria-pressed={same(slot)} className={`${classes.chip} tnum`} onClick={() => (same(slot) ? undefined : onChoose(slot))}>
          {formatTime(lang, zone, slot.start)}
        </button>
      ))}
    </div>
  );
}
