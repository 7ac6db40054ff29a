import { Autocomplete, Checkbox, MultiSelect, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { RecordDrawer, WaitingDrawer } from '@/shared/forms/RecordDrawer';
import { useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useLang } from '@/shared/i18n';
import { toast } from '@/shared/ui/toast';
import { ColourDot, ColourField } from '@/shared/ui/ColourField';
import type { Colour } from '@/shared/ui/colour';
import { type Location, locations } from '../locations/api';
import { localName } from '@/shared/names';
import type { Person } from '../people';
import { namesOf } from '../services/labels';
import { type Provider, providersQuery, serviceNamesQuery, useSetProvider } from './api';
import { type Draft, draftOf, emptyDraft, issues, labels, profileOf } from './draft';
import { titled } from './titled';

const CalendarFeed = lazy(() => import('@/features/scheduling/feed/CalendarFeed').then((m) => ({ default: m.CalendarFeed })));

type Props = { person: Person; onClose: () => void };

export function ProviderDrawer({ person, onClose }: Props) {
  const { t } = useLang();
  const all = useQuery(providersQuery);
  const sites = useQuery(locations.listQuery);
  if (all.data && sites.data) {
    return <Editor key={person.id} person={person} loaded={all.data.find((p) => p.id === person.id)} sites={sites.data.filter((l) => !l.archivedAt)} onClose={onClose} />;
  }
  const retry = () => void Promise.all([all.refetch(), sites.refetch()]);
  return <WaitingDrawer title={t('providers.one')} error={all.error ?? sites.error} lines={7} retry={retry} onClose={onClose} />;
}

/** What people are usually called by. */
const TITLES = { en: ['Dr.', 'Prof.', 'Mr.', 'Ms.', 'Mrs.'], ar: ['د.', 'أ.د.', 'أ.', 'السيد', 'السيدة'] };

type EditorProps = Props & { loaded: Provider | undefined; sites: Location[] };

function Editor({ person, loaded, sites, onClose }: EditorProps) {
  const { t, lang } = useLang();
  const can = useCan();
  const { user } = useSession();
  const readOnly = !can('practice.write');
  const services = useQuery({ ...serviceNamesQuery, enabled: can('services.read') });
  const only = sites.length === 1 ? [sites[0]!.id] : [];
  const record = useRecordForm<Provider, Draft>({ loaded, empty: emptyDraft(only), draftOf, issues });
  const { base, form } = record;
  const set = useSetProvider();

  const places = sites.map((l) => ({ value: l.id, label: localName(l, lang) }));
  const offered = (services.data ?? []).map((s) => ({ value: s.id, label: namesOf(s, lang).name }));
  const named = (choices: { value: string; label: string }[], ids: unknown) =>
    (ids as string[]).map((id) => choices.find((c) => c.value === id)?.label ?? '').join(', ');
  const { bind, wasMine } = useFields(record, labels, readOnly, (field, value) => {
    if (field === 'colour') return t(`colour.${value as Colour}`);
    if (field === 'locationIds') return named(places, value);
    if (field === 'serviceIds') return named(offered, value);
    if (typeof value === 'boolean') return t(value ? 'answer.yes' : 'answer.no');
    return String(value);
  });
  const setMany = (field: 'locationIds' | 'serviceIds') => (ids: string[]) => form.setValues({ [field]: [...ids].sort() });

  const save = async (draft: Draft) => {
    if (!base || record.dirty) {
      await set.mutateAsync({ id: person.id, body: profileOf(draft, base?.version ?? 0) });
      toast.done(t('form.saved'));
    }
    onClose();
  };

  return (
    <RecordDrawer
      record={record}
      loaded={loaded}
      labels={labels}
      title={
        <span className={forms.title}>
          <ColourDot colour={form.values.colour} />
          <bdi>{titled(person.name, base, lang)}</bdi>
        </span>
      }
      name={t('providers.one')}
      readOnly={readOnly ? t('form.readOnly') : undefined}
      busy={set.isPending}
      save={save}
      create={t('action.save')}
      onClose={onClose}
    >
      <div className={forms.two}>
        <Autocomplete {...bind('title')} lang="en" className="ownDirection" data={TITLES.en} data-autofocus />
        <Autocomplete {...bind('titleAr')} lang="ar" className="ownDirection" data={TITLES.ar} />
      </div>
      <TextInput {...bind('specialty')} className="ownDirection" />
      <TextInput {...bind('licenceNumber', t('providers.licenceHint'))} className="ownDirection" spellCheck={false} autoComplete="off" />
      {places.length ? (
        <Checkbox.Group {...bind('locationIds')} onChange={setMany('locationIds')}>
          {places.map((place) => (
            <Checkbox key={place.value} value={place.value} label={place.label} mt={6} />
          ))}
        </Checkbox.Group>
      ) : null}
      <Checkbox {...form.getInputProps('everyService', { type: 'checkbox' })} label={t(labels.everyService)} disabled={readOnly} description={wasMine('everyService')} />
      {form.values.everyService ? null : (
        <MultiSelect
          {...bind('serviceIds')}
          onChange={setMany('serviceIds')}
          data={offered}
          limit={100}
          searchable={!readOnly}
          clearable={!readOnly}
          hidePickedOptions
          nothingFoundMessage={t('search.nothing')}
        />
      )}
      <Switch {...form.getInputProps('bookable', { type: 'checkbox' })} label={t(labels.bookable)} description={wasMine('bookable') ?? t('providers.bookableHint')} disabled={readOnly} />
      <div>
        <ColourField value={form.values.colour} onChange={(colour) => form.setFieldValue('colour', colour)} readOnly={readOnly} />
        {wasMine('colour')}
      </div>
      {base && (can('appointments.configure') || (can('appointments.write_own') && person.id === user.id)) ? (
        <Suspense>
          <CalendarFeed providerId={person.id} />
        </Suspense>
      ) : null}
    </RecordDrawer>
  );
}
