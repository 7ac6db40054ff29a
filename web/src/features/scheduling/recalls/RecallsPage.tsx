import { ActionIcon, Button, Select, UnstyledButton } from '@mantine/core';
import { IconAdjustments, IconBellCheck, IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { namesOf } from '@/features/patients/person';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDayShort, formatMonthYear } from '@/shared/i18n/format';
import { DataList } from '@/shared/ui/DataList';
import { Gate } from '@/shared/ui/Gate';
import { More } from '@/shared/ui/More';
import { Empty, Failed, PageHeader } from '@/shared/ui/Page';
import { type Names, useNames } from '../useNames';
import { Phone } from '@/features/patients/marks';
import { recallsQuery, rulesQuery } from './api';
import { firstOf, lastOf, monthAfter, monthOf } from './months';
import { RecallMark } from './RecallMark';
import classes from './Recalls.module.css';
import { type RecallsSearch, states } from './search';
import { useDue } from './useDue';

const RecallDrawer = lazy(() => import('./RecallDrawer').then((m) => ({ default: m.RecallDrawer })));
const RulesDrawer = lazy(() => import('./RulesDrawer').then((m) => ({ default: m.RulesDrawer })));
const route = getRouteApi('/inside/recalls');

export function RecallsPage() {
  return (
    <Gate title="nav.recalls" needs="recalls.read">
      <Recalls />
    </Gate>
  );
}

function Recalls() {
  const { t } = useLang();
  const names = useNames();
  const shown = useShown();
  const [drawer, setDrawer] = useState<{ id: string } | 'rules'>();
  const close = () => setDrawer(undefined);
  return (
    <>
      <PageHeader
        title={t('nav.recalls')}
        sub={t('recalls.sub')}
        actions={
          <Button variant="default" leftSection={<IconAdjustments size={16} />} onClick={() => setDrawer('rules')}>
            {t('recalls.rules.open')}
          </Button>
        }
      />
      <div className={classes.page}>
        <Tools names={names} shown={shown} />
        <List names={names} shown={shown} onOpen={(id) => setDrawer({ id })} onRules={() => setDrawer('rules')} />
      </div>
      <Suspense>
        {drawer === 'rules' ? <RulesDrawer names={names} onClose={close} /> : drawer ? <RecallDrawer id={drawer.id} names={names} onClose={close} /> : null}
      </Suspense>
    </>
  );
}

/** Which recalls are shown, as the address says, and the way to others. */
function useShown() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const present = monthOf(useDue().today);
  const { month = present, state = 'open', service } = search;
  /** What is undefined leaves the address. */
  const go = (next: { [K in keyof RecallsSearch]: RecallsSearch[K] | undefined }) =>
    void navigate({ search: Object.fromEntries(Object.entries({ ...search, ...next }).filter(([, value]) => value !== undefined)) as RecallsSearch, replace: true });
  return { month, present, state, service, go };
}

type Shown = ReturnType<typeof useShown>;

/** Of which month, how far they have come, and for what. */
function Tools({ names, shown: { month, present, state, service, go } }: { names: Names; shown: Shown }) {
  const { t, lang } = useLang();
  return (
    <div className={classes.tools}>
      <div className={classes.month} role="group" aria-label={t('recalls.month')}>
        <ActionIcon variant="default" size={36} aria-label={t('calendar.previous.month')} onClick={() => go({ month: monthAfter(month, -1) })}>
          <IconChevronLeft size={18} className={classes.arrow} />
        </ActionIcon>
        <b aria-live="polite">{formatMonthYear(lang, firstOf(month))}</b>
        <ActionIcon variant="default" size={36} aria-label={t('calendar.next.month')} onClick={() => go({ month: monthAfter(month, 1) })}>
          <IconChevronRight size={18} className={classes.arrow} />
        </ActionIcon>
        {month === present ? null : (
          <Button variant="subtle" size="compact-sm" onClick={() => go({ month: undefined })}>
            {t('recalls.thisMonth')}
          </Button>
        )}
      </div>
      <div className={classes.shelves} role="group" aria-label={t('recalls.state')}>
        {states.map((one) => (
          <UnstyledButton key={one} className={classes.shelf} aria-pressed={one === state} onClick={() => go({ state: one })}>
            {t(`recalls.state.${one}`)}
          </UnstyledButton>
        ))}
      </div>
      <Select aria-label={t('scheduling.book.service')} placeholder={t('waitlist.wishes.anyService')} data={names.serviceChoices} value={service ?? null} onChange={(next) => go({ service: next ?? undefined })} clearable searchable w={220} />
    </div>
  );
}

type ListProps = { names: Names; shown: Shown; onOpen: (id: string) => void; onRules: () => void };

function List({ names, shown: { month, present, state, service }, onOpen, onRules }: ListProps) {
  const { t, lang } = useLang();
  const { isOverdue, dueText } = useDue();
  // who is overdue belongs to the present month, until somebody has reached them
  const days = { ...(month === present && state === 'open' ? {} : { from: firstOf(month) }), to: lastOf(month) };
  const list = useInfiniteQuery(recallsQuery({ state, ...days, ...(service ? { serviceId: service } : {}) }));
  const rules = useQuery(rulesQuery).data;
  const rows = list.data?.pages.flatMap((page) => page.items);
  const open = state === 'open';
  return (
    <div className={classes.list}>
      {list.error && !rows ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : rows && !rows.length ? (
        <Nobody without={!!rules && !rules.some(({ active }) => active)} onRules={onRules} />
      ) : (
        <DataList
          rows={rows}
          keyOf={(recall) => recall.id}
          label={t('nav.recalls')}
          nameLabel={t('scheduling.book.patient')}
          nameOf={(recall) => namesOf(recall.patient, lang)}
          columns={[
            { label: t('recalls.for'), cell: (recall) => <bdi>{names.serviceName(recall.serviceId)}</bdi> },
            {
              label: t('recalls.due'),
              cell: (recall) => (
                <span className={classes.due} data-late={(open && isOverdue(recall)) || undefined}>
                  <span className="tnum">{formatDayShort(lang, recall.nextOn)}</span>
                  {open ? <small>{dueText(recall)}</small> : null}
                </span>
              ),
            },
            { label: t('recalls.phone'), cell: (recall) => (recall.patient.phone ? <Phone number={recall.patient.phone} /> : undefined) },
            { label: t('recalls.attempts'), cell: (recall) => (recall.attempts ? t('recalls.tried', { count: recall.attempts }) : undefined) },
            { label: t('recalls.stands'), cell: (recall) => <RecallMark status={recall.status} /> },
          ]}
          details={(recall) => [names.serviceName(recall.serviceId), open ? dueText(recall) : formatDayShort(lang, recall.nextOn)].join(' · ')}
          onOpen={(recall) => onOpen(recall.id)}
        />
      )}
      <More list={list} below />
    </div>
  );
}

/** Nobody is due: `without` rules nobody can be. */
function Nobody({ without, onRules }: { without: boolean; onRules: () => void }) {
  const { t } = useLang();
  const mayConfigure = useCan()('appointments.configure');
  return (
    <Empty
      icon={<IconBellCheck size={26} stroke={1.6} />}
      title={t('recalls.empty')}
      text={t(without ? 'recalls.noRules' : 'recalls.emptyText')}
      action={mayConfigure && without ? <Button onClick={onRules}>{t('recalls.rules.open')}</Button> : undefined}
    />
  );
}
