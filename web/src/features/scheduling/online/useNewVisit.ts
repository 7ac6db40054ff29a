import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useSendKey } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { book, type BookedVisit, type NewVisit, type PublicPractice, type Wish } from './api';
import { useHeld } from './useHeld';

const fields = ['givenName', 'familyName', 'birthDate', 'phone', 'email', 'reason'] as const;
const PHONE = /^[+\d\s().-]{3,40}$/;
const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;
const nothing = { givenName: '', familyName: '', birthDate: '', phone: '', email: '', reason: '', reminders: true, website: '' };

type Asked = { practice: PublicPractice; wish: Wish; start: string; onBooked: (visit: BookedVisit, mailed: boolean) => void };

/** A visit while it is entered: who comes, the time that is kept for them, and sending it. */
export function useNewVisit({ practice, wish, start, onBooked }: Asked) {
  const words = useLang();
  const client = useQueryClient();
  const ref = useRef<HTMLFormElement>(null);
  const keyFor = useSendKey();
  const held = useHeld({ ...wish, start });
  const [refusal, setRefusal] = useState<unknown>();
  useEffect(() => setRefusal(undefined), [start]);
  const send = useMutation({ mutationFn: (body: NewVisit) => book(body, keyFor(body)) });
  const form = useVisitor(practice);
  const save = async ({ familyName, email, reason, ...rest }: typeof nothing) => {
    const more = { familyName: familyName.trim(), email: email.trim(), reason: reason.trim() };
    const body: NewVisit = { ...wish, start, ...(held.hold ? { hold: { id: held.hold.id, key: held.hold.key } } : {}), ...rest, ...Object.fromEntries(Object.entries(more).filter(([, value]) => value)), language: words.lang };
    setRefusal(undefined);
    try {
      const visit = await send.mutateAsync(body);
      held.keep();
      void client.invalidateQueries({ queryKey: ['booking', 'times'] });
      onBooked(visit, !!more.email);
    } catch (error) {
      const { byField, whole } = formErrors(words, error, fields);
      form.setErrors(byField);
      if (whole) setRefusal(error);
      focusFirstInvalid(ref.current);
    }
  };
  const submit = form.onSubmit(save, () => focusFirstInvalid(ref.current));
  return { form, held, ref, refusal, sending: send.isPending, submit };
}

/** Who comes, as it is entered. */
function useVisitor(practice: PublicPractice) {
  const { t } = useLang();
  const required = (value: string) => (value.trim() ? null : t('field.required'));
  return useForm({
    initialValues: nothing,
    validate: {
      givenName: required,
      birthDate: required,
      phone: (value) => required(value) ?? (PHONE.test(value) ? null : t('field.invalid_phone')),
      email: (value) => (practice.email === 'required' ? required(value) : null) ?? (!value.trim() || EMAIL.test(value.trim()) ? null : t('field.invalid_email')),
      reason: (value) => (practice.reason === 'required' ? required(value) : null),
    },
  });
}
