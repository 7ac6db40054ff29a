import { Badge, Button, Select, Skeleton, TextInput, UnstyledButton } from '@mantine/core';
import { IconListSearch, IconLock, IconX } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import { Empty, Failed, PageHeader, usePageTitle } from '@/shared/ui/Page';
import { type AuditEntry, auditListQuery } from './api';
import classes from './AuditPage.module.css';
import { actions, type AuditSearch, type Outcome, outcomes } from './search';
import { actionText, actorText, resourceText } from './words';

const AuditDrawer = lazy(() => import('./AuditDrawer').then((m) => ({ default: m.AuditDrawer })));
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
  const filtered = !!(search.action ?? search.outcome ?? search.who ?? search.from ?? search.to);
  const clear = () => go({ action: undefined, outcome: undefined, who: undefined, from: undefined, to: undefined });

  return (
    <div className={classes.page}>
      <PageHeader title={t('audit.title')} sub={t('audit.sub')} />
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
              {list.hasNextPage ? (
                <div className={classes.more}>
                  <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                    {t('list.more')}
                  </Button>
                </div>
              ) : null}
            </div>
          )}
        </div>
      </div>
      <Suspense>
        {search.entry ? (
          <AuditDrawer id={search.entry} timeZone={timeZone} onWho={(who) => go({ who, entry: undefined })} onClose={() => go({ entry: undefined })} />
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

function Filters({ search, go, clear }: FiltersProps) {
  const { t, lookup } = useLang();
  const known = search.action && !actions.some((a) => a === search.action) ? [...actions, search.action] : [...actions];
  return (
    <div className={classes.tools} role="search">
      <Select
        label={t('audit.filter.action')}
        placeholder={t('audit.filter.any')}
        clearable
        data={known.map((value) => ({ value, label: actionText(lookup, value) }))}
        value={search.action ?? null}
        onChange={(value) => go({ action: value ?? undefined })}
      />
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
