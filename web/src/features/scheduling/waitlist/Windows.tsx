import { ActionIcon, Button, Chip, Group, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useLang } from '@/shared/i18n';
import { weekdayName } from '@/shared/i18n/format';
import type { WishWindow } from './api';
import { clockOf } from './draft';
import classes from './Waitlist.module.css';

/** The week as it begins where most of our practices are. */
const WEEK = [7, 1, 2, 3, 4, 5, 6] as const;
const MOST = 20;

type Props = { value: WishWindow[]; error?: ReactNode; readOnly: boolean; onChange: (value: WishWindow[]) => void };

/** When the patient could come: days of the week and times, any number of them. */
export function Windows({ value, error, readOnly, onChange }: Props) {
  const { t, lang } = useLang();
  const put = (index: number, window: WishWindow) => onChange(value.map((one, n) => (n === index ? window : one)));
  return (
    <fieldset className={classes.windows}>
      <legend>{t('waitlist.wish.windows')}</legend>
      {value.length ? null : <p className={classes.hint}>{t('waitlist.wish.anyTime')}</p>}
      {value.map((window, index) => (
        <div key={index} className={classes.window} role="group" aria-label={t('waitlist.wish.window', { number: index + 1 })}>
          <Chip.Group multiple value={window.weekdays.map(String)} onChange={(days) => (readOnly ? undefined : put(index, { ...window, weekdays: days.map(Number) }))}>
            <Group gap={6}>
              {WEEK.map((day) => (
                <Chip key={day} value={String(day)} size="sm" radius="sm" disabled={readOnly}>
                  {weekdayName(lang, day, 'short')}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
          <div className={classes.times}>
            {(['from', 'to'] as const).map((edge) => (
              <TextInput
                key={edge}
                aria-label={t(edge === 'from' ? 'waitlist.wish.from' : 'waitlist.wish.to')}
                leftSection={<span className={classes.edge}>{t(edge === 'from' ? 'waitlist.wish.from' : 'waitlist.wish.to')}</span>}
                leftSectionWidth={56}
                className="ownDirection tnum"
                autoComplete="off"
                maxLength={12}
                readOnly={readOnly}
                error={clockOf(window[edge]) ? undefined : true}
                value={window[edge]}
                onChange={(e) => put(index, { ...window, [edge]: e.currentTarget.value })}
                onBlur={() => put(index, { ...window, [edge]: clockOf(window[edge]) ?? window[edge] })}
              />
            ))}
            {readOnly ? null : (
              <ActionIcon variant="default" size={36} aria-label={t('waitlist.wish.removeWindow', { number: index + 1 })} onClick={() => onChange(value.filter((_, n) => n !== index))}>
                <IconTrash size={16} stroke={1.7} />
              </ActionIcon>
            )}
          </div>
        </div>
      ))}
      {error ? (
        <p className={classes.error} role="alert">
          {error}
        </p>
      ) : null}
      {readOnly || value.length >= MOST ? null : (
        <Button variant="subtle" size="compact-sm" leftSection={<IconPlus size={15} />} onClick={() => onChange([...value, { weekdays: [], from: '08:00', to: '12:00' }])}>
          {t('waitlist.wish.addWindow')}
        </Button>
      )}
    </fieldset>
  );
}
