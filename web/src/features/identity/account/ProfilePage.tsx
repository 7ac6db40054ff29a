import { Alert, Button, Skeleton, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { hasCode } from '@/shared/api/problem';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { Failed, usePageTitle } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import { LanguageSelect } from '../LanguageSelect';
import { Refusal } from '../Refusal';
import classes from './Account.module.css';
import { type Account, accountQuery, useChangeAccount } from './api';
import { Section } from './Section';

export function ProfilePage() {
  const { t } = useLang();
  usePageTitle(t('account.title'));
  const account = useQuery(accountQuery);
  if (account.isError) return <Failed error={account.error} retry={() => void account.refetch()} />;
  return (
    <Section title={t('account.profile')} text={t('account.profileText')}>
      {account.data ? <Editor account={account.data} /> : <Skeleton h={220} maw={420} />}
    </Section>
  );
}

function Editor({ account }: { account: Account }) {
  const words = useLang();
  const { t } = words;
  const client = useQueryClient();
  const change = useChangeAccount();
  const ref = useRef<HTMLFormElement>(null);
  const [refusal, setRefusal] = useState<unknown>();
  const [elsewhere, setElsewhere] = useState(false);
  const base = useRef(account);
  const form = useForm({
    initialValues: { name: account.name, language: account.language },
    validate: { name: (v) => (v.trim() ? null : t('field.required')) },
  });
  const dirty = form.values.name.trim() !== account.name || form.values.language !== account.language;

  // a later state, from another window or the switch in the header: what was not touched here follows it
  useEffect(() => {
    const before = base.current;
    base.current = account;
    const { name, language } = form.getValues();
    form.setValues({ name: name === before.name ? account.name : name, language: language === before.language ? account.language : language });
  }, [account]);

  const submit = form.onSubmit(
    async ({ name, language }) => {
      setRefusal(undefined);
      setElsewhere(false);
      try {
        await change.mutateAsync({
          version: account.version,
          ...(name.trim() === account.name ? {} : { name: name.trim() }),
          ...(language === account.language ? {} : { language }),
        });
        toast.done(t('account.saved'));
      } catch (error) {
        if (hasCode(error, 'version.stale') && error.problem.current) {
          client.setQueryData(accountQuery.queryKey, error.problem.current as Account);
          return setElsewhere(true);
        }
        const { byField, whole } = formErrors(words, error, ['name', 'language']);
        form.setErrors(byField);
        if (whole) setRefusal(error);
        focusFirstInvalid(ref.current);
      }
    },
    () => focusFirstInvalid(ref.current),
  );

  return (
    <form ref={ref} noValidate onSubmit={submit} className={classes.fields}>
      {elsewhere ? (
        <Alert color="yellow" role="alert" py="xs">
          {t('account.elsewhere')}
        </Alert>
      ) : null}
      <Refusal error={refusal} />
      <TextInput label={t('identity.ownerName')} autoComplete="name" {...form.getInputProps('name')} />
      <TextInput label={t('identity.email')} description={t('account.emailHint')} className="ownDirection" value={account.email} readOnly />
      <LanguageSelect description={t('account.languageHint')} {...form.getInputProps('language')} />
      <Button type="submit" loading={change.isPending} disabled={!dirty}>
        {t('action.save')}
      </Button>
    </form>
  );
}
