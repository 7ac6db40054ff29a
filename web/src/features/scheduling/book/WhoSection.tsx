import { Select, TextInput } from '@mantine/core';
import { useCan, useSession } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { useLang } from '@/shared/i18n';
import type { Names } from '../useNames';
import classes from './Book.module.css';
import { withWhom } from './draft';
import { PatientField } from './PatientField';
import { Chairs, Together } from './Together';
import type { Booking } from './useBooking';

type Props = { booking: Booking; names: Names };

/** Who comes, for what, where, with whom and for how long. */
export function WhoSection({ booking, names }: Props) {
  const { t } = useLang();
  const { known, form, values, bind, set } = booking;
  const mayAll = useCan()('appointments.write');
  const usual = values.serviceId ? names.service(values.serviceId)?.durationMinutes : undefined;
  const choice = { allowDeselect: false, searchable: true, nothingFoundMessage: t('search.nothing') } as const;
  return (
    <fieldset className={classes.section}>
      <PatientField value={values.patientId} error={form.errors.patientId} readOnly={false} onChange={(patientId) => {
        set({ patientId });
        form.clearFieldError('patientId');
      }} />
      <div className={forms.two}>
        <Select {...bind('serviceId')} {...choice} data-autofocus={known.patientId ? true : undefined} data={names.serviceChoices} onChange={(serviceId) => {
          form.clearFieldError('serviceId');
          const able = new Set(names.personChoices(serviceId, values.locationId).map((one) => one.value));
          set({ serviceId, minutes: '', also: values.also.filter((id) => able.has(id)), ...(values.providerId && !able.has(values.providerId) && mayAll ? { providerId: null } : {}) });
        }} />
        <Select {...bind('locationId')} {...choice} data={names.placeChoices} onChange={(locationId) => {
          const there = new Set(names.personChoices(values.serviceId, locationId).map((one) => one.value));
          set({ locationId, also: values.also.filter((id) => there.has(id)), roomIds: [], start: '', by: null });
        }} />
      </div>
      <People booking={booking} names={names} />
      <TextInput {...bind('minutes')} w={160} className="ownDirection tnum" inputMode="numeric" maxLength={4} placeholder={usual ? String(usual) : ''} rightSection={<span className={classes.hint}>{t('unit.min')}</span>} rightSectionWidth={56} onChange={(e) => set({ minutes: e.currentTarget.value })} />
    </fieldset>
  );
}

/** With whom, who else takes part, and in which chairs. */
function People({ booking: { form, values, bind, set }, names }: Props) {
  const { t } = useLang();
  const { user } = useSession();
  const mayAll = useCan()('appointments.write');
  const { serviceId, locationId, also, roomIds } = values;
  const people = mayAll ? names.personChoices(serviceId, locationId) : [{ value: user.id, label: names.personName(user.id) }];
  return (
    <>
      <div className={forms.pair}>
        <Select {...bind('providerId')} allowDeselect={false} searchable nothingFoundMessage={t('search.nothing')} placeholder={t('scheduling.book.anybody')} clearable={mayAll} readOnly={!mayAll} data={people} onChange={(providerId) => {
          form.clearFieldError('providerId');
          set({ providerId, by: providerId ? null : withWhom(values), also: also.filter((id) => id !== providerId) });
        }} />
        <Chairs {...bind('roomIds')} names={names} locationId={locationId} value={roomIds} placeholder={t('scheduling.book.anyRoom')} onChange={(next) => set({ roomIds: next })} />
      </div>
      <Together names={names} serviceId={serviceId} locationId={locationId} main={withWhom(values)} value={also} onChange={(next) => set({ also: next })} />
    </>
  );
}
