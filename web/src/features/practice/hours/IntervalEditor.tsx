import { Button, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { weekdayName } from '@/shared/i18n/format';
import { rangeOf } from './labels';
import { DAY, parseTime, showTime } from './time';
import { dayAfter, endOf, type Interval, interval, overlapping } from './week';
import classes from './IntervalEditor.module.css';

type Props = {
  of: Interval;
  others: readonly Interval[];
  onDone: (next: Interval) => void;
  onRemove: () => void;
  onCancel: () => void;
};

/** The exact times, typed. An end at or before the beginning is on the next day, and says so. */
export function IntervalEditor({ of, others, onDone, onRemove, onCancel }: Props) {
  const { t, lang } = useLang();
  const [fromText, setFrom] = useState(showTime(of.from));
  const [toText, setTo] = useState(showTime(endOf(of)));
  const [tried, setTried] = useState(false);

  const from = parseTime(fromText);
  const to = parseTime(toText);
  const end = to === 0 ? DAY : to;
  const valid = from !== undefined && from < DAY && end !== undefined && end !== from;
  const next = valid ? { ...interval(of.day, from, end), id: of.id } : undefined;
  const hit = next && overlapping([next, ...others]).has(of.id) ? others.find((o) => overlapping([next, o]).size > 0) : undefined;
  const past = next && from !== undefined && end !== undefined && end < from;

  const fromError = from === undefined || from === DAY ? t('hours.time.invalid') : undefined;
  const toError = to === undefined ? t('hours.time.invalid') : end === from ? t('hours.time.same') : hit ? t('hours.time.overlap', { range: rangeOf(hit) }) : undefined;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    // the form of the page around this one must not be sent
    event.stopPropagation();
    if (next && !hit) onDone(next);
    else setTried(true);
  };
  const field = { className: 'ownDirection tnum', autoComplete: 'off', maxLength: 12, spellCheck: false } as const;

  return (
    <form noValidate onSubmit={submit} className={classes.form} aria-label={t('hours.editTimes')}>
      <div className={classes.day}>{weekdayName(lang, of.day)}</div>
      <div className={classes.two}>
        <TextInput
          {...field}
          label={t('hours.from')}
          value={fromText}
          onChange={(e) => setFrom(e.currentTarget.value)}
          onFocus={(e) => e.currentTarget.select()}
          error={tried ? fromError : undefined}
          data-autofocus
        />
        <TextInput
          {...field}
          label={t('hours.to')}
          value={toText}
          onChange={(e) => setTo(e.currentTarget.value)}
          onFocus={(e) => e.currentTarget.select()}
          error={tried ? toError : undefined}
          description={past ? t('hours.endsOn', { day: weekdayName(lang, dayAfter(of.day)) }) : undefined}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
        />
      </div>
      <div className={classes.foot}>
        <Button variant="subtle" color="red" leftSection={<IconTrash size={16} />} onClick={onRemove}>
          {t('action.remove')}
        </Button>
        <Button variant="default" onClick={onCancel}>
          {t('action.cancel')}
        </Button>
        <Button type="submit">{t('action.done')}</Button>
      </div>
    </form>
  );
}
