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
import { useNames } from '../useNames';
import { Phone } from '@/features/patients/marks';
import { recallsQuery, type Recall, rulesQuery } from './api';
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
  const { t, lang } = useLang();
  const can = useCan();
  const names = useNames();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { today, isOverdue, dueText } = useDue();
  const [drawer, setDrawer] = useState<{ id: string } | 'rules'>();
  const present = monthOf(today);
  const { month = present, state = 'open', service } = search;
  const go = (next: RecallsSearch) => void navigate({ search: { ...search, ...next }, replace: true });
  // who is overdue belongs to the present month, until somebody has reached them
  const days = { ...(month === present && state === 'open' ? {} : { from: firstOf(month) }), to: lastOf(month) };
  const list = useInfiniteQuery(recallsQuery({ state, ...days, ...(service ? { serviceId: service } : {}) }));
  const rules = useQuery(rulesQuery).data;
  const rows = list.data?.pages.flatMap((page) => page.items);
  const nameOf = (recall: Recall) => namesOf(recall.patient, lang);
  const mayConfigure = can('appointments.configure');
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
              <Button variant="subtle" size="compact-sm" onClick={() => void navigate({ search: ({ month: _, ...rest }) => rest, replace: true })}>
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
          <Select aria-label={t('scheduling.book.service')} placeholder={t('waitlist.wishes.anyService')} data={names.serviceChoices} value={service ?? null} onChange={(next) => void navigate({ search: ({ service: _, ...rest }) => ({ ...rest, ...(next ? { service: next } : {}) }), replace: true })} clearable searchable w={220} />
        </div>
        <div className={classes.list}>
          {list.error && !rows ? (
            <Failed error={list.error} retry={() => void list.refetch()} />
          ) : rows && !rows.length ? (
            <Empty
              icon={<IconBellCheck size={26} stroke={1.6} />}
              title={t('recalls.empty')}
              text={t(rules && !rules.some(({ active }) => active) ? 'recalls.noRules' : 'recalls.emptyText')}
              action={mayConfigure && rules && !rules.some(({ active }) => active) ? <Button onClick={() => setDrawer('rules')}>{t('recalls.rules.open')}</Button> : undefined}
            />
          ) : (
            <DataList
              rows={rows}
              keyOf={(recall) => recall.id}
              label={t('nav.recalls')}
              nameLabel={t('scheduling.book.patient')}
              nameOf={nameOf}
              columns={[
                { label: t('recalls.for'), cell: (recall) => <bdi>{names.serviceName(recall.serviceId)}</bdi> },
                {
                  label: t('recalls.due'),
                  cell: (recall) => (
                    <span className={classes.due} data-late={(state === 'open' && isOverdue(recall)) || undefined}>
                      <span className="tnum">{formatDayShort(lang, recall.nextOn)}</span>
                      {state === 'open' ? <small>{dueText(recall)}</small> : null}
                    </span>
                  ),
                },
                { label: t('recalls.phone'), cell: (recall) => (recall.patient.phone ? <Phone number={recall.patient.phone} /> : undefined) },
                { label: t('recalls.attempts'), cell: (recall) => (recall.attempts ? t('recalls.tried', { count: recall.attempts }) : undefined) },
                { label: t('recalls.stands'), cell: (recall) => <RecallMark status={recall.status} /> },
              ]}
              details={(recall) => [names.serviceName(recall.serviceId), state === 'open' ? dueText(recall) : formatDayShort(lang, recall.nextOn)].join(' · ')}
              onOpen={(recall) => setDrawer({ id: recall.id })}
            />
          )}
          <More list={list} below />
        </div>
      </div>
      <Suspense>
        {drawer === 'rules' ? <RulesDrawer names={names} onClose={() => setDrawer(undefined)} /> : drawer ? <RecallDrawer id={drawer.id} names={names} onClose={() => setDrawer(undefined)} /> : null}
      </Suspense>
    </>
  );
}
