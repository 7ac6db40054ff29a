import { UnstyledButton } from '@mantine/core';
import { IconCalendarEvent } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import { whenText } from '../book/when';
import { useVisit } from '../visit/Visit';
import classes from './Record.module.css';
import { useNextVisit } from './useNextVisit';

/** In the head of a patient's record: when they come next. */
export function NextVisit({ patientId }: { patientId: string }) {
  const { t, lang } = useLang();
  const { open } = useVisit();
  const next = useNextVisit(patientId);
  if (!next) return null;
  return (
    <UnstyledButton className={classes.next} onClick={() => open(next.id)}>
      <IconCalendarEvent size={15} stroke={1.8} aria-hidden />
      <span className="tnum">{t('scheduling.record.next', { when: whenText(lang, next.timeZone, next.start) })}</span>
    </UnstyledButton>
  );
}
