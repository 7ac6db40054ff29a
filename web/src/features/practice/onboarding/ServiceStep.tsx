import { Alert, Button, UnstyledButton } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useSession } from '@/shared/auth/session';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSendKey, useSubmit } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { showMoney } from '@/shared/i18n/money';
import { LeaveGuard } from '@/shared/ui/LeaveGuard';
import { type Service, serviceListQuery, useCreateService } from '../services/api';
import { type Draft, draftIssues, emptyDraft, newServiceOf } from '../services/draft';
import { namesOf } from '../services/labels';
import { ServiceForm } from '../services/ServiceForm';
import classes from './Onboarding.module.css';
import { StepFoot, type StepProps } from './StepFoot';

/** How many of what is there already are named. */
const SHOWN = 5;

/** What the practice offers: at least one thing that can be booked. */
export function ServiceStep(step: StepProps) {
  const { practice } = useSession();
  const [turn, setTurn] = useState(0);
  const list = useInfiniteQuery(serviceListQuery({ sort: '-updatedAt' }));
  const there = list.data?.pages.flatMap((page) => page.items) ?? [];
  return <Form key={turn} first={turn === 0} there={there} currency={practice.currency} step={step} onMade={() => setTurn(turn + 1)} />;
}

type Props = { first: boolean; there: Service[]; currency: string; step: StepProps; onMade: () => void };

function Form({ first, there, currency, step, onMade }: Props) {
  const { t, lang } = useLang();
  const create = useCreateService();
  const keyOf = useSendKey();
  const record = useRecordForm<Service, Draft>({ loaded: undefined, empty: emptyDraft, draftOf: () => emptyDraft, issues: (draft) => draftIssues(draft, currency) });
  const save = async (draft: Draft) => {
    const body = newServiceOf(draft, currency);
    await create.mutateAsync({ body, key: keyOf(body) });
    step.made();
    onMade();
  };
  const { ref, refusal, onSubmit } = useSubmit({ record, loaded: undefined, readOnly: false, busy: create.isPending, save });
  const ready = step.done || there.length > 0;
  const onward = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // after the first one it goes on from here, or around once more
    if (!first) onward.current?.focus();
  }, []);

  return (
    <form ref={ref} noValidate onSubmit={onSubmit} aria-labelledby="welcome-step">
      <div className={classes.body}>
        {there.length ? (
          <ul className={classes.made} aria-label={t('services.title')}>
            {there.slice(0, SHOWN).map((service) => (
              <li key={service.id}>
                <IconCircleCheck size={20} stroke={1.7} className={classes.tick} aria-hidden />
                <b>
                  <bdi>{namesOf(service, lang).name}</bdi>
                </b>
                <span className={classes.end}>{t('unit.minutes', { count: service.durationMinutes })}</span>
                <bdi className="tnum">{showMoney(lang, service.price)}</bdi>
              </li>
            ))}
          </ul>
        ) : null}
        {refusal ? (
          <Alert color="red" role="alert" py="xs">
            {refusal}
          </Alert>
        ) : null}
        <Samples onChoose={(draft) => record.form.setValues(draft)} />
        <ServiceForm brief record={record} currency={currency} categories={[]} readOnly={false} />
      </div>
      <StepFoot step={step}>
        <Button type="submit" variant={ready ? 'default' : 'filled'} loading={create.isPending}>
          {t(ready ? 'welcome.service.another' : 'services.create')}
        </Button>
        {ready ? (
          <Button ref={onward} onClick={step.next}>
            {t('welcome.next')}
          </Button>
        ) : null}
      </StepFoot>
      <LeaveGuard when={record.dirty && !create.isPending} />
    </form>
  );
}

/** What nearly everybody offers: named in both languages, so that only the price is left to enter. */
const samples = [
  { nameEn: 'Check-up', nameAr: 'كشف', durationMinutes: '30', colour: 'teal' },
  { nameEn: 'Cleaning', nameAr: 'تنظيف الأسنان', durationMinutes: '45', colour: 'blue' },
  { nameEn: 'Filling', nameAr: 'حشوة', durationMinutes: '60', colour: 'violet' },
  { nameEn: 'Consultation', nameAr: 'استشارة', durationMinutes: '20', colour: 'green' },
] as const;

function Samples({ onChoose }: { onChoose: (draft: Partial<Draft>) => void }) {
  const { t, lang } = useLang();
  return (
    <div className={classes.samples}>
      <span>{t('welcome.service.samples')}</span>
      {samples.map((sample) => (
        <UnstyledButton
          key={sample.nameEn}
          className={classes.sample}
          onClick={(event) => {
            onChoose(sample);
            event.currentTarget.closest('form')?.querySelector<HTMLElement>('input[inputmode=decimal]')?.focus();
          }}
        >
          {namesOf(sample, lang).name}
        </UnstyledButton>
      ))}
    </div>
  );
}
