import { ActionIcon, Button, SegmentedControl, Select, UnstyledButton } from '@mantine/core';
import { IconCheck, IconChevronLeft, IconChevronRight, IconPrinter } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import { DateField } from '@/shared/ui/DateField';
import { views, type View } from '../search';
import type { Names } from '../useNames';
import classes from './Calendar.module.css';
import type { Frame } from './useFrame';

const WHOLE_DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Which days, which place, in which form. */
export function Toolbar({ frame }: { frame: Frame }) {
  const { t } = useLang();
  const { view, date, today, place, places, go, goTo, step } = frame;
  return (
    <div className={classes.tools} role="group" aria-label={t('calendar.tools')}>
      <div className={classes.steps}>
        <ActionIcon variant="default" size={36} aria-label={t(`calendar.previous.${unitOf(view)}`)} onClick={() => step(-1)}>
          <IconChevronLeft size={17} className={classes.arrow} />
        </ActionIcon>
        <Button variant="default" onClick={() => goTo(today)} aria-pressed={date === today}>
          {t('calendar.today')}
        </Button>
        <ActionIcon variant="default" size={36} aria-label={t(`calendar.next.${unitOf(view)}`)} onClick={() => step(1)}>
          <IconChevronRight size={17} className={classes.arrow} />
        </ActionIcon>
      </div>
      <div className={classes.date}>
        {/* what it is in words stands in the heading already */}
        <DateField aria-label={t('calendar.date')} description="" value={date} onChange={(day) => (WHOLE_DAY.test(day) ? goTo(day) : undefined)} />
      </div>
      <SegmentedControl
        className={classes.views}
        aria-label={t('calendar.view')}
        value={view}
        onChange={(next) => go({ view: next === 'day' ? undefined : (next as View) })}
        data={views.map((value) => ({ value, label: t(`calendar.view.${value}`) }))}
      />
      {places.length > 1 ? (
        <Select
          className={classes.place}
          aria-label={t('calendar.location')}
          allowDeselect={false}
          value={place}
          data={places.map(({ id }) => ({ value: id, label: frame.placeName(id) }))}
          onChange={(location) => (location ? go({ location, providers: undefined, provider: undefined }) : undefined)}
        />
      ) : null}
      <ActionIcon className={classes.print} variant="default" size={36} aria-label={t('calendar.print')} title={t('calendar.print')} onClick={() => window.print()}>
        <IconPrinter size={17} stroke={1.7} />
      </ActionIcon>
    </div>
  );
}

const unitOf = (view: View) => (view === 'month' ? 'month' : view === 'week' || view === 'list' ? 'week' : 'day');

type WhoProps = {
  names: Names;
  /** Everybody who has something to do with these days. */
  all: string[];
  shown: string[];
  /** One at a time. */
  single: boolean;
  cancelled: boolean;
  onShow: (ids: string[]) => void;
  onCancelled: (cancelled: boolean) => void;
};

/** Who is shown, and whether what was cancelled is. */
export function Who({ names, all, shown, single, cancelled, onShow, onCancelled }: WhoProps) {
  const { t } = useLang();
  const toggle = (id: string) => onShow(single ? [id] : all.filter((one) => (one === id ? !shown.includes(id) : shown.includes(one))));
  return (
    <div className={classes.who}>
      {all.length > 1 ? (
        <div className={classes.chips} role="group" aria-label={t('calendar.providers')}>
          {all.map((id) => (
            <Toggle key={id} on={shown.includes(id)} label={names.personName(id)} onClick={() => toggle(id)} />
          ))}
        </div>
      ) : null}
      <span className={classes.spacer} />
      <Toggle on={!cancelled} label={t('calendar.hideCancelled')} onClick={() => onCancelled(!cancelled)} />
    </div>
  );
}

function Toggle({ on, label, onClick }: { on: boolean; label: string; onClick: () => void }) {
  return (
    <UnstyledButton className={classes.chip} aria-pressed={on} onClick={onClick}>
      {on ? <IconCheck size={14} stroke={2} aria-hidden /> : null}
      <bdi>{label}</bdi>
    </UnstyledButton>
  );
}
