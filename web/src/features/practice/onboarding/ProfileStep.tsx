import { Alert, Button, Skeleton, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Failed } from '@/shared/ui/Page';
import { Conflict } from '@/shared/forms/Conflict';
import forms from '@/shared/forms/forms.module.css';
import { changedFields } from '@/shared/forms/merge';
import { useFields } from '@/shared/forms/useFields';
import { type Issues, useRecordForm } from '@/shared/forms/useRecordForm';
import { useSubmit } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { LeaveGuard } from '@/shared/ui/LeaveGuard';
import { addressParts } from '@/shared/forms/address';
import { AddressFields } from '@/shared/forms/AddressFields';
import { type Practice, practiceQuery, useChangePractice } from '../profile/api';
import { changesOf, type Draft, draftOf, issues, labels } from '../profile/draft';
import { LogoField } from '../profile/LogoField';
import classes from './Onboarding.module.css';
import { StepFoot, type StepProps } from './StepFoot';

/** Where the practice is found and rung up; the rest of its profile came with signing up, or can wait. */
export function ProfileStep(step: StepProps) {
  const practice = useQuery(practiceQuery);
  if (practice.data) return <Form loaded={practice.data} step={step} />;
  if (practice.isError) return <Failed error={practice.error} retry={() => void practice.refetch()} />;
  return <Skeleton h={320} m="md" />;
}

/** Here it is asked for what the page of the profile leaves open. */
const asked = (d: Draft): Issues<Draft> => ({
  ...(d.phone.trim() ? {} : { phone: { id: 'field.required' as const } }),
  ...(d.address.line1.trim() ? {} : { 'address.line1': { id: 'field.required' as const } }),
  ...(d.address.city.trim() ? {} : { 'address.city': { id: 'field.required' as const } }),
  ...issues(d),
});

function Form({ loaded, step }: { loaded: Practice; step: StepProps }) {
  const { t } = useLang();
  const change = useChangePractice();
  const record = useRecordForm<Practice, Draft>({
    loaded,
    empty: draftOf(loaded),
    draftOf,
    issues: asked,
    parts: addressParts.map((part) => `address.${part}`),
  });
  const { base = loaded, form, newer } = record;
  const save = async (draft: Draft) => {
    const changes = changesOf(draft, base);
    if (Object.keys(changes).length) record.begin(await change.mutateAsync({ version: base.version, ...changes }));
    step.made();
    step.next();
  };
  const { ref, refusal, onSubmit } = useSubmit({ record, loaded, readOnly: false, busy: change.isPending, save });
  const { bind } = useFields(record, labels, false);
  const changed = newer ? changedFields(draftOf(base), draftOf(newer)).map((field) => t(labels[field])) : [];

  return (
    <form ref={ref} noValidate onSubmit={onSubmit} aria-labelledby="welcome-step">
      <div className={classes.body}>
        {newer ? <Conflict fields={changed} changedAt={newer.updatedAt} onLoad={record.loadNewer} /> : null}
        {refusal ? (
          <Alert color="red" role="alert" py="xs">
            {refusal}
          </Alert>
        ) : null}
        <div className={forms.two}>
          <TextInput {...bind('phone', t('field.phoneHint'))} type="tel" inputMode="tel" autoComplete="tel" className="ownDirection" />
          <TextInput {...bind('email')} type="email" autoComplete="email" className="ownDirection" />
        </div>
        <AddressFields form={form} readOnly={false} />
        <LogoField tag={loaded.logoTag} readOnly={false} />
      </div>
      <StepFoot step={step}>
        <Button type="submit" loading={change.isPending} disabled={!!newer}>
          {t(step.done && !record.dirty ? 'welcome.next' : 'welcome.saveNext')}
        </Button>
      </StepFoot>
      <LeaveGuard when={record.dirty && !change.isPending} />
    </form>
  );
}
