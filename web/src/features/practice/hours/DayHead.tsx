import { ActionIcon, Menu } from '@mantine/core';
import { IconCopy, IconDots, IconEraser, IconPlus } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import { weekdayName } from '@/shared/i18n/format';
import { duration } from './labels';
import { type Interval, minutesOn, type Weekday } from './week';
import classes from './WeekGrid.module.css';

type Props = {
  day: Weekday;
  id: string;
  intervals: readonly Interval[];
  readOnly: boolean;
  size: number;
  onAdd: () => void;
  onCopy: () => void;
  onClear: () => void;
};

export function DayHead({ day, id, intervals, readOnly, size, onAdd, onCopy, onClear }: Props) {
  const { t, lang } = useLang();
  const name = weekdayName(lang, day);
  const minutes = minutesOn(intervals, day);
  return (
    <div className={classes.dayHead}>
      <div className={classes.dayName}>
        <b id={id} data-short={weekdayName(lang, day, 'short')}>
          {name}
        </b>
        <span>{minutes ? duration(t, minutes) : t('hours.closed')}</span>
      </div>
      {readOnly ? null : (
        <div className={classes.dayTools}>
          <ActionIcon variant="subtle" color="gray" size={size} aria-label={t('hours.addOn', { day: name })} onClick={onAdd} data-add={day}>
            <IconPlus size={16} stroke={1.8} />
          </ActionIcon>
          <Menu position="bottom-end" width={210}>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" size={size} aria-label={t('hours.dayActions', { day: name })}>
                <IconDots size={16} stroke={1.8} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconCopy size={16} />} onClick={onCopy}>
                {t('hours.copyDay')}
              </Menu.Item>
              <Menu.Item leftSection={<IconEraser size={16} />} disabled={minutes === 0} onClick={onClear}>
                {t('hours.clearDay')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      )}
    </div>
  );
}
