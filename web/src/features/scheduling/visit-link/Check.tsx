import { Alert, Button, Skeleton, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { hasCode } from '@/shared/api/problem';
import { useLang } from '@/shared/i18n';
import { digitsOf } from '@/shared/i18n/digits';
import { Failed } from '@/shared/ui/Page';
import { type Answer, type Asks, type Opened, openLink } from './api';
import { dateOf } from './birth';
import { Frame } from './Frame';
import classes from './VisitLink.module.css';
import { useRefusalText } from './words';

type Props = { token: string; again: boolean; onOpened: (opened: Opened) => void; onEnded: (error: unknown) => void };
const final = (error: unknown) => hasCode(error, 'patient_link.refused') || hasCode(error, 'patient_link.locked');

/** Asks something that the patient knows, before anything of them is shown. */
export function Check({ token, again, onOpened, onEnded }: Props) {
  const { t } = useLang();
  const question = useQuery({ queryKey: ['patient_link', token] as const, queryFn: () => openLink(token), staleTime: Infinity, gcTime: 0 });
  const failed = question.error;
  useEffect(() => {
    if (final(failed)) onEnded(failed);
  });
  const asks = question.data && 'asks' in question.data ? question.data.asks : undefined;
  return (
    <Frame title={t('visitLink.check')}>
      <p className={classes.lead}>{t(again ? 'visitLink.again' : 'visitLink.lead')}</p>
      {asks ? <Form token={token} asks={asks} onOpened={onOpened} onEnded={onEnded} /> : failed && !final(failed) ? <Failed error={failed} retry={() => void question.refetch()} /> : <Skeleton h={120} />}
    </Frame>
  );
}

type FormProps = Omit<Props, 'again'> & { asks: Asks };

function Form({ token, asks, onOpened, onEnded }: FormProps) {
  const { t } = useLang();
  const textOf = useRefusalText();
  const [parts, setParts] = useState({ day: '', month: '', year: '' });
  const [digits, setDigits] = useState('');
  const [wrong, setWrong] = useState<string>();
  const first = useRef<HTMLInputElement>(null);
  const open = useMutation({ mutationFn: (answer: Answer) => openLink(token, answer) });

  const answerOf = (): Answer | undefined => {
    if (asks === 'phoneDigits') return digits.length === 4 ? { phoneDigits: digits } : undefined;
    const dateOfBirth = dateOf(parts);
    return dateOfBirth ? { dateOfBirth } : undefined;
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const answer = answerOf();
    const refuse = (text: string) => {
      setWrong(text);
      first.current?.focus();
    };
    if (!answer) return refuse(t(asks === 'phoneDigits' ? 'visitLink.fourDigits' : 'visitLink.wholeDate'));
    setWrong(undefined);
    try {
      const opened = await open.mutateAsync(answer);
      if ('accessToken' in opened) onOpened(opened);
    } catch (error) {
      if (final(error)) onEnded(error);
      else refuse(textOf(error));
    }
  };
  const part = (name: keyof typeof parts, length: number) => ({
    label: t(`visitLink.${name}`),
    value: parts[name],
    inputMode: 'numeric' as const,
    maxLength: length,
    size: 'lg' as const,
    className: 'tnum',
    'aria-invalid': !!wrong,
    onChange: (event: { currentTarget: { value: string } }) => {
      const value = digitsOf(event.currentTarget.value);
      setParts((now) => ({ ...now, [name]: value }));
    },
  });
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className={classes.fields}>
      {asks === 'dateOfBirth' ? (
        <fieldset className={classes.birth} aria-describedby={wrong ? 'wrong' : undefined}>
          <legend>{t('visitLink.birth')}</legend>
          <TextInput {...part('day', 2)} ref={first} autoComplete="bday-day" />
          <TextInput {...part('month', 2)} autoComplete="bday-month" />
          <TextInput {...part('year', 4)} autoComplete="bday-year" />
        </fieldset>
      ) : (
        <TextInput label={t('visitLink.digits')} size="lg" ref={first} dir="ltr" className="tnum" inputMode="numeric" autoComplete="off" maxLength={4} value={digits} onChange={(event) => setDigits(digitsOf(event.currentTarget.value))} />
      )}
      {wrong ? (
        <Alert id="wrong" color="red" role="alert">
          {wrong}
        </Alert>
      ) : null}
      <Button type="submit" size="lg" fullWidth loading={open.isPending}>
        {t('visitLink.continue')}
      </Button>
      <p className={classes.hint}>{t('visitLink.why')}</p>
    </form>
  );
}
