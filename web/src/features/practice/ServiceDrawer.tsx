import { Alert, Button, Skeleton, Stack, Text } from '@mantine/core';
import { IconArchive, IconArchiveOff, IconEye, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { hasCode } from '@/shared/api/problem';
import { uuid } from '@/shared/api/uuid';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { formatDateTime } from '@/shared/i18n/format';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { Failed } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { toast } from '@/shared/ui/toast';
import { type Service, serviceQuery, useChangeService, useCreateService } from './api';
import { ColourDot } from './ColourField';
import { changedFields, changesOf, draftFields, draftOf, newServiceOf } from './draft';
import { fieldLabels, namesOf } from './labels';
import { ServiceForm } from './ServiceForm';
import classes from './ServiceDrawer.module.css';
import { useArchive } from './useArchive';
import { useDraft } from './useDraft';

type Props = {
  /** Missing: a new service. */
  id?: string | undefined;
  /** What the list knows already, so that the form is there at once. */
  listed?: Service | undefined;
  categories: string[];
  onClose: () => void;
};

export function ServiceDrawer({ id, listed, categories, onClose }: Props) {
  const { t } = useLang();
  if (!id) return <Editor key="new" categories={categories} onClose={onClose} />;
  return <Loaded key={id} id={id} listed={listed} categories={categories} onClose={onClose} fallbackTitle={t('services.edit')} />;
}

function Loaded({ id, listed, fallbackTitle, ...rest }: Props & { id: string; fallbackTitle: string }) {
  // the list's copy may be a moment old: show it, and ask again
  const service = useQuery({ ...serviceQuery(id), ...(listed ? { initialData: listed, initialDataUpdatedAt: 0 } : {}) });
  if (service.data) return <Editor loaded={service.data} {...rest} />;
  return (
    <SideDrawer title={fallbackTitle} onClose={rest.onClose}>
      {service.isError ? (
        <Failed error={service.error} retry={() => void service.refetch()} />
      ) : (
        <Stack gap="md">
          {draftFields.map((field) => (
            <Skeleton key={field} h={36} />
          ))}
        </Stack>
      )}
    </SideDrawer>
  );
}

function Conflict({ base, newer, onLoad }: { base: Service; newer: Service; onLoad: () => void }) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const fields = changedFields(draftOf(base), draftOf(newer)).map((f) => t(fieldLabels[f]));
  const list = new Intl.ListFormat(lang, { type: 'conjunction' }).format(fields);
  return (
    <Alert color="yellow" variant="light" icon={<IconUsers />} title={t('services.conflict.title')} role="alert">
      <Text size="sm">
        {fields.length ? t('services.conflict.fields', { fields: list }) : t('services.conflict.other')} {t('services.conflict.keep')}
      </Text>
      <Text size="xs" mt={4}>
        {formatDateTime(lang, practice.timeZone, newer.updatedAt)}
      </Text>
      <Button mt="sm" size="xs" variant="default" onClick={onLoad}>
        {t('services.conflict.load')}
      </Button>
    </Alert>
  );
}

function Editor({ loaded, categories, onClose }: Omit<Props, 'id' | 'listed'> & { loaded?: Service }) {
  const words = useLang();
  const { t, lang } = words;
  const { practice } = useSession();
  const readOnly = !useCan()('services.write');
  const draft = useDraft(loaded, practice.currency);
  const { form, base, newer, dirty, currency } = draft;
  const create = useCreateService();
  const change = useChangeService();
  const { archive, restore } = useArchive();
  const [refusal, setRefusal] = useState<string>();
  const [leaving, setLeaving] = useState(false);
  const ref = useRef<HTMLFormElement>(null);
  const sent = useRef({ body: '', key: '' });
  const busy = create.isPending || change.isPending;

  // our own change comes back as news before its answer does; that is no conflict
  useEffect(() => {
    if (loaded && !busy) draft.offer(loaded);
  }, [loaded, busy]);

  const save = async () => {
    setRefusal(undefined);
    try {
      if (base) {
        const changes = changesOf(form.values, base);
        if (Object.keys(changes).length) {
          await change.mutateAsync({ id: base.id, body: { version: base.version, ...changes } });
          toast.done(t('services.saved'));
        }
      } else {
        const body = newServiceOf(form.values, currency);
        const text = JSON.stringify(body);
        if (sent.current.body !== text) sent.current = { body: text, key: uuid() };
        await create.mutateAsync({ body, key: sent.current.key });
        toast.done(t('services.created'));
      }
      onClose();
    } catch (error) {
      if (hasCode(error, 'version.stale') && error.problem.current) return draft.offer(error.problem.current as Service);
      const { byField, whole } = formErrors(words, error, draftFields);
      form.setErrors(byField);
      setRefusal(whole);
      focusFirstInvalid(ref.current);
    }
  };
  const validated = form.onSubmit(
    () => void save(),
    () => focusFirstInvalid(ref.current),
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    if (readOnly || newer) return event.preventDefault();
    validated(event);
  };
  const close = () => (dirty && !readOnly ? setLeaving(true) : onClose());

  const title: ReactNode = base ? (
    <span className={classes.title}>
      <ColourDot colour={form.values.colour} />
      <bdi>{namesOf(base, lang).name}</bdi>
    </span>
  ) : (
    t('services.new')
  );

  return (
    <SideDrawer title={title} onClose={close}>
      <form ref={ref} noValidate onSubmit={submit} className={classes.form} aria-label={t(base ? 'services.edit' : 'services.new')}>
        {readOnly ? (
          <Alert color="gray" variant="light" icon={<IconEye />} py="xs">
            {t('services.readOnly')}
          </Alert>
        ) : null}
        {base && newer ? <Conflict base={base} newer={newer} onLoad={draft.loadNewer} /> : null}
        {refusal ? (
          <Alert color="red" role="alert" py="xs">
            {refusal}
          </Alert>
        ) : null}
        <ServiceForm form={form} currency={currency} categories={categories} readOnly={readOnly} mine={draft.mine} onUseMine={draft.useMine} />
        {base ? (
          <Text className={classes.meta}>
            {t('services.updatedAt', { date: formatDateTime(lang, practice.timeZone, base.updatedAt) })}
          </Text>
        ) : null}
        <div className={classes.foot}>
          {readOnly ? (
            <Button variant="default" onClick={onClose}>
              {t('action.close')}
            </Button>
          ) : leaving ? (
            <>
              <span className={classes.ask} role="alert">
                {t('form.discard')}
              </span>
              <Button variant="default" autoFocus onClick={() => setLeaving(false)}>
                {t('form.keepEditing')}
              </Button>
              <Button color="red" onClick={onClose}>
                {t('form.discardYes')}
              </Button>
            </>
          ) : (
            <>
              {base ? (
                <Button
                  variant="subtle"
                  color="gray"
                  leftSection={base.archivedAt ? <IconArchiveOff size={16} /> : <IconArchive size={16} />}
                  disabled={dirty || busy}
                  onClick={() => {
                    (base.archivedAt ? restore : archive)(base);
                    onClose();
                  }}
                >
                  {t(base.archivedAt ? 'services.restore' : 'services.archive')}
                </Button>
              ) : (
                <span />
              )}
              <Button variant="default" onClick={close}>
                {t('action.cancel')}
              </Button>
              <Button type="submit" loading={busy} disabled={!!newer}>
                {t(base ? 'action.save' : 'services.create')}
              </Button>
            </>
          )}
        </div>
      </form>
    </SideDrawer>
  );
}
