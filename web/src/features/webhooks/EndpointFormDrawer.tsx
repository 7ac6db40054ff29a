import { Alert, Button, Text, TextInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { uuid } from '@/shared/api/uuid';
import forms from '@/shared/forms/forms.module.css';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { CopyField } from '@/shared/ui/CopyField';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { type Endpoint, useChangeEndpoint, useCreateEndpoint } from './api';
import { EventChoice } from './EventChoice';

const FIELDS = ['url', 'description', 'events'] as const;

/** Where to tell and of what; for a new endpoint then its secret, which is shown only here. */
export function EndpointFormDrawer({ endpoint, onClose }: { endpoint?: Endpoint; onClose: () => void }) {
  const words = useLang();
  const { t } = words;
  const create = useCreateEndpoint();
  const change = useChangeEndpoint();
  const [url, setUrl] = useState(endpoint?.url ?? '');
  const [description, setDescription] = useState(endpoint?.description ?? '');
  const [events, setEvents] = useState<string[]>(endpoint?.events ?? []);
  const [errors, setErrors] = useState<Partial<Record<(typeof FIELDS)[number], string>>>({});
  const [refusal, setRefusal] = useState<string>();
  const form = useRef<HTMLFormElement>(null);
  const asked = useRef({ text: '', key: '' });
  const busy = create.isPending || change.isPending;
  const title = t(endpoint ? 'webhooks.edit' : 'webhooks.new');

  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setRefusal(undefined);
    const missing = { ...(url.trim() ? {} : { url: t('field.required') }), ...(events.length ? {} : { events: t('webhooks.chooseSome') }) };
    setErrors(missing);
    if (Object.keys(missing).length) {
      focusFirstInvalid(form.current);
      return;
    }
    const body = { url: url.trim(), description: description.trim() || null, events };
    const text = JSON.stringify(body);
    if (asked.current.text !== text) asked.current = { text, key: uuid() };
    try {
      if (endpoint) {
        await change.mutateAsync({ id: endpoint.id, body: { version: endpoint.version, ...body } });
        onClose();
      } else await create.mutateAsync({ key: asked.current.key, body });
    } catch (error) {
      const { byField, whole } = formErrors(words, error, FIELDS);
      setErrors(byField);
      setRefusal(whole);
      focusFirstInvalid(form.current);
    }
  };

  if (create.data) {
    return (
      <SideDrawer title={t('webhooks.made')} onClose={onClose}>
        <div className={forms.form}>
          <div className={forms.fields}>
            <Text size="sm">{t('webhooks.madeText')}</Text>
            <CopyField label={t('webhooks.secret')} description={t('webhooks.once')} value={create.data.secret} />
          </div>
          <div className={forms.foot}>
            <Button onClick={onClose}>{t('action.done')}</Button>
          </div>
        </div>
      </SideDrawer>
    );
  }
  return (
    <SideDrawer title={title} onClose={onClose}>
      <form ref={form} noValidate onSubmit={(event) => void send(event)} className={forms.form} aria-label={title}>
        {refusal ? (
          <Alert color="red" role="alert" py="xs">
            {refusal}
          </Alert>
        ) : null}
        <div className={forms.fields}>
          <TextInput
            label={t('webhooks.url')}
            description={t('webhooks.urlHint')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            type="url"
            dir="ltr"
            maxLength={2000}
            value={url}
            onChange={(e) => setUrl(e.currentTarget.value)}
            error={errors.url}
            data-autofocus
          />
          <TextInput label={t('webhooks.description')} className="ownDirection" maxLength={120} value={description} onChange={(e) => setDescription(e.currentTarget.value)} error={errors.description} />
          <EventChoice value={events} onChange={setEvents} error={errors.events} />
        </div>
        <div className={forms.foot}>
          <span />
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t(endpoint ? 'action.save' : 'webhooks.create')}
          </Button>
        </div>
      </form>
    </SideDrawer>
  );
}
