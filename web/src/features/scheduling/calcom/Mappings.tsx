import { Button, Select, Skeleton } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { Failed } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import type { Names } from '../useNames';
import { type EventType, eventTypesQuery, type Mapping, mappingsQuery, type Settings, useSetMappings } from './api';
import classes from './Calcom.module.css';

const EVERYBODY = '';
type Draft = { serviceId: string | null; providerId: string | null; locationId: string | null; eventTypeId: number | null };

const draftOf = (one: Mapping): Draft => ({ serviceId: one.serviceId, providerId: one.providerId, locationId: one.locationId, eventTypeId: one.eventTypeId });

/** What the rows say, as far as they are complete; what an event type is called is taken from the list, else kept. */
const itemsOf = (rows: Draft[], types: EventType[], known: Mapping[]): Mapping[] =>
  rows.flatMap(({ serviceId, providerId, locationId, eventTypeId }) => {
    if (!serviceId || !locationId || !eventTypeId) return [];
    const found = types.find((one) => one.id === eventTypeId);
    const kept = known.find((one) => one.eventTypeId === eventTypeId);
    const words = found ? { slug: found.slug, title: found.title, lengthMinutes: found.lengthMinutes } : kept && { slug: kept.slug, title: kept.title, lengthMinutes: kept.lengthMinutes };
    return words ? [{ serviceId, providerId, locationId, eventTypeId, ...words }] : [];
  });

/** Which visit type is which event type: for everybody, or for one provider. */
export function Mappings({ settings, names, canWrite }: { settings: Settings; names: Names; canWrite: boolean }) {
  const found = useQuery(mappingsQuery);
  const types = useQuery(eventTypesQuery(settings.provider));
  if (found.error && !found.data) return <Failed error={found.error} retry={() => void found.refetch()} />;
  if (types.error && !types.data) return <Failed error={types.error} retry={() => void types.refetch()} />;
  if (!found.data || !types.data || !names.ready) return <Skeleton h={120} />;
  return <Rows key={found.data.version} items={found.data.items} version={found.data.version} types={types.data} names={names} canWrite={canWrite} />;
}

type RowsProps = { items: Mapping[]; version: number; types: EventType[]; names: Names; canWrite: boolean };

function Rows({ items, version, types, names, canWrite }: RowsProps) {
  const { t } = useLang();
  const textOf = useErrorText();
  const set = useSetMappings();
  const [rows, setRows] = useState(items.map(draftOf));
  const place = names.placeChoices[0]?.value ?? null;
  const change = (at: number, part: Partial<Draft>) => setRows(rows.map((row, index) => (index === at ? { ...row, ...part } : row)));
  const choices = types.map((one) => ({ value: String(one.id), label: `${one.title} · ${t('unit.minutes', { count: one.lengthMinutes })}` }));
  const complete = itemsOf(rows, types, items);
  const changed = JSON.stringify(rows) !== JSON.stringify(items.map(draftOf));
  const save = () =>
    set.mutate(
      { version, items: complete },
      { onSuccess: () => toast.done(t('form.saved')), onError: (error) => toast.failed(textOf(error)) },
    );
  return (
    <div className={classes.form}>
      {rows.length ? (
        <ul className={classes.rows} aria-label={t('scheduling.calcom.mapping')}>
          {rows.map((row, at) => (
            <li key={at} className={classes.row}>
              <Select label={t('scheduling.book.service')} data={names.serviceChoices} value={row.serviceId} allowDeselect={false} searchable disabled={!canWrite} onChange={(serviceId) => change(at, { serviceId })} />
              <Select label={t('scheduling.calcom.eventType')} data={choices} value={row.eventTypeId ? String(row.eventTypeId) : null} allowDeselect={false} searchable disabled={!canWrite} nothingFoundMessage={t('scheduling.calcom.noTypes')} onChange={(next) => change(at, { eventTypeId: next ? Number(next) : null })} />
              <Select
                label={t('scheduling.book.provider')}
                data={[{ value: EVERYBODY, label: t('scheduling.calcom.everybody') }, ...names.personChoices(row.serviceId, null)]}
                value={row.providerId ?? EVERYBODY}
                allowDeselect={false}
                disabled={!canWrite}
                onChange={(next) => change(at, { providerId: next || null })}
              />
              <Select label={t('scheduling.book.location')} data={names.placeChoices} value={row.locationId} allowDeselect={false} disabled={!canWrite} onChange={(locationId) => change(at, { locationId })} />
              {canWrite ? (
                <Button className={classes.remove ?? ''} variant="subtle" color="red" size="xs" leftSection={<IconTrash size={14} />} onClick={() => setRows(rows.filter((_, index) => index !== at))}>
                  {t('scheduling.calcom.remove')}
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      ) : (
        <p className={classes.outcome}>{t('scheduling.calcom.nothingMapped')}</p>
      )}
      {canWrite ? (
        <div className={classes.line}>
          <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setRows([...rows, { serviceId: null, providerId: null, locationId: place, eventTypeId: null }])}>
            {t('scheduling.calcom.addMapping')}
          </Button>
          <Button disabled={!changed || complete.length !== rows.length} loading={set.isPending} onClick={save}>
            {t('scheduling.calcom.saveMapping')}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
