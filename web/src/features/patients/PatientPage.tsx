import { ActionIcon, Alert, Avatar, Button, Menu, Skeleton, Tabs, Title } from '@mantine/core';
import { IconMessage2, IconCheck, IconCopy, IconDots, IconFileExport, IconFileTypePdf, IconPencil, IconPhone, IconArrowBackUp, IconTrash, IconUserOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useRouter, useRouterState } from '@tanstack/react-router';
import { lazy, type MouseEvent, Suspense, useEffect, useRef, useState } from 'react';
import { useTakeOut } from '@/features/interchange/useTakeOut';
import { hasCode } from '@/shared/api/problem';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang, wantTexts } from '@/shared/i18n';
import { formatDateTime, formatDayShort } from '@/shared/i18n/format';
import { useCopy } from '@/shared/ui/CopyField';
import { Gate } from '@/shared/ui/Gate';
import { Empty, Failed } from '@/shared/ui/Page';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { type Patient, patientQuery } from './api';
import { DeletePatient, useRestore } from './DeletePatient';
import { MergedHere, MergedInto } from './duplicates/Merged';
import { AlertList, Phone, StatusBadge, TagPills, useAge } from './marks';
import { Overview } from './Overview';
import classes from './PatientPage.module.css';
import { initialsOf, namesOf, scriptOf } from './person';
import { events, type PatientSearch, tabs } from './search';
import { BackLink } from './Subpage';

const Activity = lazy(() => import('./Activity').then((m) => ({ default: m.Activity })));
const Events = lazy(() => import('./Events').then((m) => ({ default: m.Events })));
const NextVisit = lazy(async () => {
  const [module] = await Promise.all([import('@/features/scheduling/record/NextVisit'), wantTexts('scheduling')]);
  return { default: module.NextVisit };
});
const Visits = lazy(async () => {
  const [module] = await Promise.all([import('@/features/scheduling/record/Visits'), wantTexts('scheduling')]);
  return { default: module.Visits };
});
const Conversation = lazy(async () => {
  const [module] = await Promise.all([import('@/features/messaging/conversation/Conversation'), wantTexts('messaging'), wantTexts('scheduling')]);
  return { default: module.Conversation };
});
const Visit = lazy(() => import('@/features/scheduling/visit/Visit').then((m) => ({ default: m.Visit })));
const Insurance = lazy(() => import('./insurance/Insurance').then((m) => ({ default: m.Insurance })));
const PatientDrawer = lazy(() => import('./PatientDrawer').then((m) => ({ default: m.PatientDrawer })));
const route = getRouteApi('/inside/patients/$id');

export function PatientPage() {
  return (
    // a tab that named the patient would end up in histories and on shared screens
    <Gate title="patients.one" needs="patients.read">
      <Loaded />
    </Gate>
  );
}

/** Back to the list as it was left, when one came from it. */
function useBack() {
  const router = useRouter();
  const fromList = useRouterState({ select: (s) => !!s.location.state.fromList });
  const back = () => (fromList ? router.history.back() : void router.navigate({ to: '/patients', search: {} }));
  const onClick = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    back();
  };
  return { back, onClick };
}

function Loaded() {
  const { t } = useLang();
  const { id } = route.useParams();
  const patient = useQuery(patientQuery(id));
  const { back, onClick } = useBack();
  useShortcuts([
    { key: 'Backspace', label: 'patients.back', run: back, shown: ['⌫'] },
    { key: 'Escape', label: 'patients.back', run: back, shown: ['Esc'] },
  ]);
  if (patient.data) return <Record patient={patient.data} onBack={onClick} />;
  return (
    <div className={classes.top}>
      <BackLink onClick={onClick} />
      {hasCode(patient.error, 'not_found') ? (
        <Empty icon={<IconUserOff size={26} stroke={1.6} />} title={t('patients.gone')} text={t('patients.goneText')} />
      ) : patient.error ? (
        <Failed error={patient.error} retry={() => void patient.refetch()} />
      ) : (
        <div className={classes.waiting}>
          <Skeleton h={56} w={320} />
          <Skeleton h={220} />
        </div>
      )}
    </div>
  );
}

function Record({ patient: p, onBack }: { patient: Patient; onBack: (event: MouseEvent) => void }) {
  const { t, lang } = useLang();
  const can = useCan();
  const { timeZone } = useSession().practice;
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [asking, setAsking] = useState(false);
  const restore = useRestore();
  const ageOf = useAge();
  const { copied, copy } = useCopy();
  const { name, other } = namesOf(p, lang);
  const deleted = !!p.deletedAt;
  const mayWrite = can('patients.write') && !deleted;
  const mayDelete = can('patients.delete');
  const mayVisits = can('appointments.read');
  const mayMessages = can('messages.read');
  const maySend = mayMessages && can('messages.send') && !deleted;
  const shown = tabs.filter((tab) => (tab !== 'appointments' || mayVisits) && (tab !== 'messages' || mayMessages));
  const takeOut = useTakeOut(p);
  const phone = (p.phones.find((one) => one.preferred) ?? p.phones[0])?.number;
  const email = (p.emails.find((one) => one.preferred) ?? p.emails[0])?.address;

  // the way back to the list stays one step, whatever is looked at here
  const go = (next: { [K in keyof PatientSearch]?: PatientSearch[K] | undefined }) =>
    void navigate({ search: (now) => ({ ...now, ...next }) as PatientSearch, replace: true, state: true, resetScroll: false });
  const edit = () => go({ edit: true });
  // on a phone there are more tabs than fit
  const tabsRef = useRef<HTMLDivElement>(null);
  useEffect(() => void tabsRef.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }), [search.tab]);
  const write = () => go({ tab: 'messages', write: true });
  useShortcuts([
    ...(mayWrite ? [{ key: 'e', label: 'patients.edit' as const, run: edit }] : []),
    ...(maySend ? [{ key: 'm', label: 'patients.writeMessage' as const, run: write }] : []),
  ]);

  return (
    <>
      <div className={classes.top}>
        <BackLink onClick={onBack} />
        <div className={classes.head}>
          <div className={classes.who}>
            <Avatar size={52} radius="xl" aria-hidden>
              {initialsOf(name)}
            </Avatar>
            <div className={classes.names}>
              <Title order={1}>
                <bdi>{name}</bdi>
              </Title>
              {other ? (
                <span className={classes.other}>
                  <bdi lang={scriptOf(other)}>{other}</bdi>
                </span>
              ) : null}
              <div className={classes.facts}>
                <StatusBadge status={p.status} deleted={deleted} />
                <span className="tnum">{t('patients.number', { number: p.number })}</span>
                {p.birthDate ? (
                  <span className="tnum">
                    {ageOf(p.birthDate)} · {formatDayShort(lang, p.birthDate)}
                  </span>
                ) : null}
                {p.sex === 'unknown' ? null : <span>{t(`patients.sex.${p.sex}`)}</span>}
                {phone ? (
                  <span className={classes.fact}>
                    <a href={`tel:${phone}`}>
                      <IconPhone size={15} stroke={1.8} aria-hidden />
                      <Phone number={phone} />
                    </a>
                    <ActionIcon variant="subtle" color="gray" size={28} aria-label={t(copied ? 'action.copied' : 'patients.copyPhone')} aria-live="polite" onClick={() => void copy(phone)}>
                      {copied ? <IconCheck size={15} /> : <IconCopy size={15} stroke={1.8} />}
                    </ActionIcon>
                  </span>
                ) : email ? (
                  <bdi className="ltr">{email}</bdi>
                ) : null}
                {p.contactMethod ? <span>{t(`patients.contact.${p.contactMethod}`)}</span> : null}
                <Suspense>{mayVisits ? <NextVisit patientId={p.id} /> : null}</Suspense>
              </div>
              <TagPills ids={p.tags} />
            </div>
          </div>
          <div className={classes.actions}>
            {mayWrite ? (
              <Button leftSection={<IconPencil size={16} />} onClick={edit}>
                {t('action.edit')}
              </Button>
            ) : null}
            {maySend ? (
              <ActionIcon variant="default" size={36} aria-label={t('patients.writeMessage')} title={t('patients.writeMessage')} onClick={write}>
                <IconMessage2 size={18} stroke={1.7} />
              </ActionIcon>
            ) : null}
            {deleted && mayDelete && !p.mergedInto ? (
              <Button leftSection={<IconArrowBackUp size={16} />} onClick={() => restore(p)}>
                {t('patients.restore')}
              </Button>
            ) : null}
            <Menu position="bottom-end" width={230}>
              <Menu.Target>
                <ActionIcon variant="default" size={36} aria-label={t('patients.actions')}>
                  <IconDots size={18} stroke={1.7} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<IconFileTypePdf size={16} />} onClick={() => void takeOut('pdf')}>
                  {t('interchange.pdf')}
                </Menu.Item>
                <Menu.Item leftSection={<IconFileExport size={16} />} onClick={() => void takeOut('json')}>
                  {t('interchange.fhir')}
                </Menu.Item>
                {!deleted && mayDelete ? (
                  <>
                    <Menu.Divider />
                    <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => setAsking(true)}>
                      {t('patients.delete')}
                    </Menu.Item>
                  </>
                ) : null}
              </Menu.Dropdown>
            </Menu>
          </div>
        </div>
        {p.mergedInto ? (
          <MergedInto id={p.mergedInto} />
        ) : p.deletedAt ? (
          <Alert color="red" variant="light" icon={<IconTrash />} title={t('patients.deletedAt', { date: formatDateTime(lang, timeZone, p.deletedAt) })} mb="md">
            {t('patients.deletedText')}
          </Alert>
        ) : null}
        {deleted ? null : <MergedHere patient={p} mayUndo={mayDelete} />}
        <AlertList alerts={p.alerts} />
      </div>
      <Tabs value={search.tab ?? 'overview'} onChange={(tab) => go({ tab: tabs.find((one) => one === tab), policy: undefined, write: undefined })} className={classes.tabs} keepMounted={false}>
        <Tabs.List ref={tabsRef} aria-label={t('patients.tabs')} className={classes.tabList}>
          <Tabs.Tab value="overview">{t('patients.tab.overview')}</Tabs.Tab>
          {shown.map((tab) => (
            <Tabs.Tab key={tab} value={tab}>
              {t(`patients.tab.${tab}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="overview">
          <Overview patient={p} />
        </Tabs.Panel>
        {mayVisits ? (
          <Tabs.Panel value="appointments">
            <Suspense fallback={<Skeleton h={220} mt="md" />}>
              <Visits patientId={p.id} mayBook={!deleted} />
            </Suspense>
          </Tabs.Panel>
        ) : null}
        {mayMessages ? (
          <Tabs.Panel value="messages">
            <Suspense fallback={<Skeleton h={220} mt="md" />}>
              <Conversation patientId={p.id} maySend={!deleted} writing={!!search.write} onWrite={(writing) => go({ write: writing || undefined })} />
            </Suspense>
          </Tabs.Panel>
        ) : null}
        {events.map((kind) => (
          <Tabs.Panel key={kind} value={kind}>
            <Suspense fallback={<Skeleton h={220} mt="md" />}>
              <Events id={p.id} kind={kind} />
            </Suspense>
          </Tabs.Panel>
        ))}
        <Tabs.Panel value="insurance">
          <Suspense fallback={<Skeleton h={160} mt="md" />}>
            <Insurance id={p.id} mayWrite={mayWrite} open={search.policy} onOpen={(policy) => go({ policy })} />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="activity">
          <Suspense fallback={<Skeleton h={220} mt="md" />}>
            <Activity id={p.id} mayWrite={mayWrite} show={search.show ?? 'all'} onShow={(show) => go({ show: show === 'all' ? undefined : show })} />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
      <Suspense>{search.edit && mayWrite ? <PatientDrawer id={p.id} onClose={() => go({ edit: undefined })} /> : null}</Suspense>
      <Suspense>{mayVisits && search.appointment ? <Visit /> : null}</Suspense>
      {asking ? <DeletePatient patient={p} onClose={() => setAsking(false)} /> : null}
    </>
  );
}
