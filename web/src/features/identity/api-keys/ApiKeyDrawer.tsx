import { Alert, Button, Checkbox, Select, Text, TextInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { uuid } from '@/shared/api/uuid';
import forms from '@/shared/forms/forms.module.css';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { CopyField } from '@/shared/ui/CopyField';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { byArea, usePermissionWords } from '../permissions';
import { type NewApiKey, useCreateApiKey } from './api';
import classes from './ApiKeys.module.css';

const FIELDS = ['name', 'scopes', 'expiresAt'] as const;
const DAYS = ['30', '90', '180', '365'] as const;
const DAY_MS = 86_400_000;

type Props = { scopes: NewApiKey['scopes']; onClose: () => void };

/** What the key is for, what it may and until when; then the key itself, which is shown only here. */
export function ApiKeyDrawer({ scopes, onClose }: Props) {
  const words = useLang();
  const { t } = words;
  const { say, sayArea } = usePermissionWords();
  const create = useCreateApiKey();
  const [name, setName] = useState('');
  const [days, setDays] = useState<string>('90');
  const [chosen, setChosen] = useState<string[]>([]);
  const [errors, setErrors] = useState<Partial<Record<(typeof FIELDS)[number], string>>>({});
  const [refusal, setRefusal] = useState<string>();
  const form = useRef<HTMLFormElement>(null);
  const asked = useRef({ body: '', key: '', expiresAt: '' });

  const send = (event: FormEvent) => {
    event.preventDefault();
    if (create.isPending) return;
    const text = JSON.stringify([name, days, chosen]);
    if (asked.current.body !== text) {
      asked.current = { body: text, key: uuid(), expiresAt: new Date(Date.now() + Number(days) * DAY_MS).toISOString() };
    }
    const { key, expiresAt } = asked.current;
    setRefusal(undefined);
    setErrors({});
    create.mutateAsync({ key, body: { name: name.trim(), scopes: scopes.filter((scope) => chosen.includes(scope)), expiresAt } }).catch((error: unknown) => {
      const { byField, whole } = formErrors(words, error, FIELDS);
      setErrors(byField);
      setRefusal(whole);
      focusFirstInvalid(form.current);
    });
  };

  if (create.data) {
    return (
      <SideDrawer title={t('apiKeys.made')} onClose={onClose}>
        <div className={forms.form}>
          <div className={forms.fields}>
            <Text size="sm">{t('apiKeys.madeText')}</Text>
            <CopyField label={t('apiKeys.key')} description={t('apiKeys.once')} value={create.data.key} />
          </div>
          <div className={forms.foot}>
            <Button onClick={onClose}>{t('action.done')}</Button>
          </div>
        </div>
      </SideDrawer>
    );
  }
  return (
    <SideDrawer title={t('apiKeys.new')} onClose={onClose}>
      <form ref={form} noValidate onSubmit={send} className={forms.form} aria-label={t('apiKeys.new')}>
        {refusal ? (
          <Alert color="red" role="alert" py="xs">
            {refusal}
          </Alert>
        ) : null}
        <div className={forms.fields}>
          <TextInput label={t('apiKeys.name')} description={t('apiKeys.nameHint')} inputWrapperOrder={['label', 'input', 'description', 'error']} maxLength={80} value={name} onChange={(e) => setName(e.currentTarget.value)} error={errors.name} data-autofocus />
          <Select
            label={t('apiKeys.serves')}
            data={DAYS.map((value) => ({ value, label: t('apiKeys.days', { count: Number(value) }) }))}
            value={days}
            onChange={(next) => next && setDays(next)}
            allowDeselect={false}
            error={errors.expiresAt}
          />
          <Checkbox.Group label={t('apiKeys.scopes')} description={t('apiKeys.scopesHint')} value={chosen} onChange={setChosen} error={errors.scopes}>
            <div className={classes.scopes}>
              {byArea(scopes).map(({ area, names }) => (
                <div key={area} className={classes.area} role="group" aria-label={sayArea(area)}>
                  <b>{sayArea(area)}</b>
                  {names.map((scope) => (
                    <Checkbox key={scope} value={scope} label={say(scope)} />
                  ))}
                </div>
              ))}
            </div>
          </Checkbox.Group>
        </div>
        <div className={forms.foot}>
          <span />
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t('apiKeys.create')}
          </Button>
        </div>
      </form>
    </SideDrawer>
  );
}
