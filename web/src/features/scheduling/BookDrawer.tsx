import { Checkbox, Textarea } from '@mantine/core';
import { useCan, useSession } from '@/shared/auth/session';
import { RecordDrawer, WaitingDrawer } from '@/shared/forms/RecordDrawer';
import { useLang } from '@/shared/i18n';
import classes from './book/Book.module.css';
import { type Known, labels } from './book/draft';
import { OwnColour } from './book/OwnColour';
import { type Booking, useBooking } from './book/useBooking';
import { WhenSection } from './book/WhenSection';
import { WhoSection } from './book/WhoSection';
import { type Names, useNames } from './useNames';

export type BookDrawerProps = {
  opened: boolean;
  onClose: () => void;
  start?: string | undefined;
  providerId?: string | undefined;
  roomId?: string | undefined;
  locationId?: string | undefined;
  patientId?: string | undefined;
  serviceId?: string | undefined;
  date?: string | undefined;
};

/** Books a visit, or a series of them: who, what, with whom, and when it is free. */
export function BookDrawer({ opened, onClose, ...known }: BookDrawerProps) {
  const { t } = useLang();
  const { user } = useSession();
  const mayAll = useCan()('appointments.write');
  const names = useNames();
  if (!opened) return null;
  if (!names.ready) return <WaitingDrawer title={t('scheduling.book.title')} error={null} lines={8} retry={() => undefined} onClose={onClose} />;
  // who books for themselves only has nobody to choose
  const own = mayAll ? {} : { providerId: user.id };
  return <Editor names={names} known={{ ...known, ...own, locationId: known.locationId ?? names.usualPlace(user.id) }} date={known.date} onClose={onClose} />;
}

function Editor({ names, known, date, onClose }: { names: Names; known: Known; date: string | undefined; onClose: () => void }) {
  const { t } = useLang();
  const booking = useBooking(names, known, onClose);
  return (
    <RecordDrawer
      record={booking.record}
      loaded={undefined}
      labels={labels}
      wide
      title={t('scheduling.book.title')}
      name={t('scheduling.book.title')}
      readOnly={undefined}
      busy={booking.sending}
      save={booking.save}
      create={t(booking.values.repeats ? 'scheduling.book.goSeries' : 'scheduling.book.go')}
      onClose={onClose}
    >
      <WhoSection booking={booking} names={names} />
      <WhenSection booking={booking} names={names} date={date} />
      <AboutSection booking={booking} names={names} />
    </RecordDrawer>
  );
}

/** Why the patient comes, and what the team should know. */
function AboutSection({ booking: { form, values, bind }, names }: { booking: Booking; names: Names }) {
  const { t } = useLang();
  return (
    <fieldset className={classes.section}>
      <legend>{t('scheduling.book.about')}</legend>
      <Textarea {...bind('reason')} className="ownDirection" autosize minRows={1} maxRows={4} maxLength={500} />
      <Textarea {...bind('notes')} className="ownDirection" autosize minRows={2} maxRows={8} maxLength={4000} />
      <Checkbox {...form.getInputProps('deposit', { type: 'checkbox' })} label={t('scheduling.book.deposit')} />
      <OwnColour value={values.colour} usual={names.service(values.serviceId ?? '')?.colour ?? 'teal'} onChange={(colour) => form.setValues({ colour })} />
    </fieldset>
  );
}
