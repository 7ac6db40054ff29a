import { Button, Checkbox, Modal, Stack } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { weekdayName } from '@/shared/i18n/format';
import type { Weekday } from './week';
import classes from './IntervalEditor.module.css';

type Props = { from: Weekday; days: readonly Weekday[]; onCopy: (to: Weekday[]) => void; onClose: () => void };

/** Puts one day's hours in place of those of the chosen days. */
export function CopyDay({ from, days, onCopy, onClose }: Props) {
  const { t, lang } = useLang();
  const others = days.filter((day) => day !== from);
  const [chosen, setChosen] = useState<Weekday[]>([]);
  const all = chosen.length === others.length;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (chosen.length) onCopy(chosen);
  };
  return (
    <Modal opened onClose={onClose} size="xs" title={t('hours.copyTitle', { day: weekdayName(lang, from) })} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <form onSubmit={submit}>
        <Stack gap={4} mb="md">
          <Checkbox
            label={t('hours.everyDay')}
            checked={all}
            indeterminate={chosen.length > 0 && !all}
            onChange={() => setChosen(all ? [] : others)}
            data-autofocus
          />
          {others.map((day) => (
            <Checkbox
              key={day}
                label={weekdayName(lang, day)}
              checked={chosen.includes(day)}
              onChange={() => setChosen((now) => (now.includes(day) ? now.filter((d) => d !== day) : [...now, day]))}
            />
          ))}
        </Stack>
        <div className={classes.foot}>
          <span />
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" disabled={chosen.length === 0}>
            {t('hours.copy')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
