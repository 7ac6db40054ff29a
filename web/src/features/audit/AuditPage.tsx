import { Badge, Button, Select, Skeleton, TextInput, UnstyledButton } from '@mantine/core';
import { IconFileExport, IconListSearch, IconLock, IconX } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import { More } from '@/shared/ui/More';
import { Empty, Failed, PageHeader, usePageTitle } from '@/shared/ui/Page';
import { type AuditEntry, auditListQuery, whoQuery } from './api';
import classes from './AuditPage.module.css';
import { actions, type AuditSearch, filters, isId, type Outcome, outcomes, resources } from './search';
import { actionText, actorText, resourceText } from './words';

const AuditDrawer = lazy(() => import('./AuditDrawer').then((m) => ({ default: m.AuditDrawer })));
const ExportDrawer = lazy(() => import('./ExportDrawer').then((m) => ({ default: m.ExportDrawer })));
const route = getRouteApi('/inside/settings/audit');
const SKELETONS = 8;

export function AuditPage() {
  const { t } = useLang();
  usePageTitle(t('audit.title'));
  if (useCan()('audit.read')) return <Ledger />;
  return (
    <>
      <PageHeader title={t('audit.title')} />
      <Empty icon={<IconLock size={26} stroke={1.6} />} title={t('forbidden.title')} text={t('forbidden.text')} />
    </>
  );
}

function Ledger() {
  const { t } = useLang();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { timeZone } = useSession().practice;
  const list = useInfiniteQuery(auditListQuery(search, timeZone));
  const items = list.data?.pages.flatMap((page) => page.items);
  const go = (next: { [K in keyof AuditSearch]?: AuditSearch[K] | undefined }) =>
    void navigate({ search: (now) => Object.fromEntries(Object.entries({ ...now, ...next }).filter(([, value]) => value)) as AuditSearch });
  const filtered = filters.some((name) => search[name]);
  const clear = () => go(Object.fromEntries(filters.map((name) => [name, undefined])));
  const mayExport = useCan()('audit.export');
  const [exporting, setExporting] = useState(false);

  return (
    <div className={classes.page}>
      <PageHeader
        title={t('audit.title')}
        sub={t('audit.sub')}
        actions={
          mayExport ? (
            <Button variant="default" leftSection={<IconFileExport size={16} />} onClick={() => setExporting(true)}>
              {t('audit.export')}
            </Button>
          ) : null
        }
      />
      <div className={classes.body}>
        <div className={classes.card}>
          <Filters search={search} go={go} clear={filtered ? clear : undefined} />
          {list.isError && !items ? (
            <Failed error={list.error} retry={() => void list.refetch()} />
          ) : items?.length === 0 ? (
            <Empty icon={<IconListSearch size={26} stroke={1.6} />} title={t('audit.empty')} text={t('audit.emptyText')} />
          ) : (
            <div className={list.isPlaceholderData ? classes.fading : undefined}>
              <ul className={classes.rows} aria-busy={!items}>
                {items
                  ? items.map((entry) => <Row key={entry.id} entry={entry} timeZone={timeZone} open={() => go({ entry: entry.id })} />)
                  : Array.from({ length: SKELETONS }, (_, i) => (
                      <li key={i} className={classes.row}>
                        <Skeleton h={20} />
                      </li>
                    ))}
              </ul>
              <More list={list} />
            </div>
          )}
        </div>
      </div>
      <Suspense>
        {exporting ? <ExportDrawer search={search} timeZone={timeZone} onClose={() => setExporting(false)} /> : null}
        {search.entry ? (
          <AuditDrawer
            id={search.entry}
            timeZone={timeZone}
            onWho={(who) => go({ who, entry: undefined })}
            onRecord={(record, resource) => go({ ...Object.fromEntries(filters.map((name) => [name, undefined])), record, resource, entry: undefined })}
            onClose={() => go({ entry: undefined })}
          />
        ) : null}
      </Suspense>
    </div>
  );
}

type FiltersProps = {
  search: AuditSearch;
  go: (next: { [K in keyof AuditSearch]?: AuditSearch[K] | undefined }) => void;
  clear: (() => void) | undefined;
};

/** A word of the address that is not among the usual ones is offered as well. */
const withOwn = (usual: readonly string[], own: string | undefined) => (own && !usual.includes(own) ? [...usual, own] : [...usual]);

function Filters({ search, go, clear }: FiltersProps) {
  const { t, lookup } = useLang();
  return (
    <div className={classes.tools} role="search">
      <Who who={search.who} go={go} />
      <Select
        label={t('audit.filter.action')}
        placeholder={t('audit.filter.any')}
        clearable
        data={withOwn(actions, search.action).map((value) => ({ value, label: actionText(lookup, value) }))}
        value={search.action ?? null}
        onChange={(value) => go({ action: value ?? undefined })}
      />
      <Select
        label={t('audit.filter.resource')}
        placeholder={t('audit.filter.any')}
        clearable
        data={withOwn(resources, search.resource).map((value) => ({ value, label: resourceText(lookup, value) }))}
        value={search.resource ?? null}
        onChange={(value) => go({ resource: value ?? undefined })}
      />
      <RecordField key={search.record ?? ''} record={search.record} go={go} />
      <Select
        label={t('audit.filter.outcome')}
        placeholder={t('audit.filter.any')}
        clearable
        data={outcomes.map((value) => ({ value, label: t(`audit.outcome.${value}`) }))}
        value={search.outcome ?? null}
        onChange={(value) => go({ outcome: (value as Outcome | null) ?? undefined })}
      />
      <TextInput type="date" label={t('audit.filter.from')} value={search.from ?? ''} onChange={(e) => go({ from: e.currentTarget.value || undefined })} />
      <TextInput type="date" label={t('audit.filter.to')} value={search.to ?? ''} onChange={(e) => go({ to: e.currentTarget.value || undefined })} />
      {clear ? (
        <Button variant="subtle" leftSection={<IconX size={14} />} onClick={clear}>
          {t('audit.filter.clear')}
        </Button>
      ) : null}
    </div>
  );
}

/** Those who work or worked here; somebody else, such as an integration, is chosen from one of their entries. */
function Who({ who, go }: Pick<FiltersProps, 'go'> & { who: string | undefined }) {
  const { t } = useLang();
  const maySee = useCan()('staff.read');
  const { data = [] } = useQuery({ ...whoQuery, enabled: maySee });
  if (!maySee && !who) return null;
  const people = data.map(({ id, name }) => ({ value: id, label: name }));
  if (who && !people.some(({ value }) => value === who)) people.push({ value: who, label: t('audit.filter.whoChosen') });
  return (
    <Select
      label={t('audit.who')}
      placeholder={t('audit.filter.any')}
      clearable
      searchable
      nothingFoundMessage={t('audit.filter.nobody')}
      data={people}
      value={who ?? null}
      onChange={(value) => go({ who: value ?? undefined })}
    />
  );
}

/** Goes into effect once it is a whole number of a record, or empty again. */
function RecordField({ record, go }: Pick<FiltersProps, 'go'> & { record: string | undefined }) {
  const { t } = useLang();
  const [text, setText] = useState(record ?? '');
  const number = text.trim().toLowerCase();
  const settle = () => (number === '' || isId(number) ? number !== (record ?? '') && go({ record: number || undefined }) : undefined);
  return (
    <TextInput
      label={t('audit.filter.record')}
      className="ownDirection"
      spellCheck={false}
      autoComplete="off"
      maxLength={40}
      error={number !== '' && !isId(number) ? t('audit.filter.recordWrong') : undefined}
      value={text}
      onChange={(e) => setText(e.currentTarget.value)}
      onBlur={settle}
      onKeyDown={(e) => (e.key === 'Enter' ? settle() : undefined)}
      onPaste={(e) => {
        const pasted = e.clipboardData.getData('text').trim().toLowerCase();
        if (!isId(pasted)) return;
        e.preventDefault();
        go({ record: pasted });
      }}
    />
  );
}

function Row({ entry, timeZone, open }: { entry: AuditEntry; timeZone: string; open: () => void }) {
  const { t, lang, lookup } = useLang();
  return (
    <li>
      <UnstyledButton className={classes.row} onClick={open}>
        <span className={`tnum ${classes.at}`}>{formatDateTime(lang, timeZone, entry.at)}</span>
        <span className={classes.who}>
          <bdi>{actorText(t, lookup, entry)}</bdi>
        </span>
        <span className={classes.what}>
          {actionText(lookup, entry.action)} · {resourceText(lookup, entry.resourceType)}
          {entry.fields.length ? <small>{t('audit.fields', { count: entry.fields.length })}</small> : null}
        </span>
        {entry.outcome === 'ok' ? (
          <span />
        ) : (
          <Badge className={classes.badge} color="red" variant="light" radius="sm">
            {t(`audit.outcome.${entry.outcome as Outcome}`)}
          </Badge>
        )}
      </UnstyledButton>
    </li>
  );
}
