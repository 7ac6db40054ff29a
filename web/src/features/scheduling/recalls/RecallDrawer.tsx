import { ActionIcon, Alert, Button, Menu, SegmentedControl, Select, Textarea, Title } from '@mantine/core';
import { IconBellOff, IconBellZ, IconCalendarPlus, IconMail, IconPhone, IconRotate } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { namesOf, phoneText } from '@/features/patients/person';
import { useCan, useSession } from '@/shared/auth/session';
import { WaitingDrawer } from '@/shared/forms/RecordDrawer';
import { orNull } from '@/shared/forms/merge';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDateTime, formatDay } from '@/shared/i18n/format';
import { DateField } from '@/shared/ui/DateField';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { toast } from '@/shared/ui/toast';
import type { Names } from '../useNames';
import { useVisit } from '../visit/Visit';
import { type AttemptKind, type AttemptOutcome, type DismissReason, recallQuery, useAttempt, useDismiss, useReopen, useSend, useSnooze, type WholeRecall } from './api';
import { firstOf, monthAfter, monthOf } from './months';
import { RecallMark } from './RecallMark';
import classes from './Recalls.module.css';
import { useDue } from './useDue';

const BookDrawer = lazy(() => import('../BookDrawer').then((m) => ({ default: m.BookDrawer })));

const kinds = ['phone', 'sms', 'email', 'letter'] as const satisfies readonly AttemptKind[];
/** What can come of each. */
const outcomes: Record<AttemptKind, readonly AttemptOutcome[]> = {
  phone: ['no_answer', 'message_left', 'will_call_back', 'reached', 'declined'],
  sms: ['sent', 'will_call_back', 'reached', 'declined'],
  email: ['sent', 'will_call_back', 'reached', 'declined'],
  letter: ['sent', 'will_call_back', 'reached', 'declined'],
};
const reasons = ['declined', 'elsewhere', 'not_needed', 'unreachable', 'other'] as const satisfies readonly DismissReason[];

type Props = { id: string; names: Names; onClose: () => void };

/** Somebody who should come again: what was tried, and what is done now. */
export function RecallDrawer({ id, names, onClose }: Props) {
  const { t } = useLang();
  const one = useQuery(recallQuery(id));
  if (!one.data) return <WaitingDrawer title={t('recalls.one')} error={one.error} lines={5} retry={() => void one.refetch()} onClose={onClose} />;
  return (
    <SideDrawer title={t('recalls.one')} onClose={onClose}>
      <Whole recall={one.data} names={names} />
    </SideDrawer>
  );
}

function Whole({ recall, names }: { recall: WholeRecall; names: Names }) {
  const { t, lang } = useLang();
  const can = useCan();
  const { open } = useVisit();
  const { dueText } = useDue();
  const [booking, setBooking] = useState(false);
  const isOpen = recall.status === 'due' || recall.status === 'contacted';
  const { name } = namesOf(recall.patient, lang);
  const { phone } = recall.patient;
  return (
    <div className={classes.whole}>
      <div className={classes.head}>
        <div>
          <Title order={2}>
            <Link to="/patients/$id" params={{ id: recall.patientId }} search={{ tab: 'appointments' }} className={classes.name}>
              <bdi>{name}</bdi>
            </Link>
          </Title>
          <p>
            <bdi>{names.serviceName(recall.serviceId)}</bdi> · {formatDay(lang, recall.nextOn)}
            {isOpen ? ` · ${dueText(recall)}` : ''}
          </p>
          <RecallMark status={recall.status} />
          {recall.dismissedFor ? <span className={classes.why}>{t(`recalls.dismissed.${recall.dismissedFor}`)}</span> : null}
        </div>
        {phone && isOpen ? (
          <ActionIcon component="a" href={`tel:${phone}`} variant="default" size={44} aria-label={t('scheduling.today.call', { name, phone: phoneText(phone) })} title={phoneText(phone)}>
            <IconPhone size={18} stroke={1.8} />
          </ActionIcon>
        ) : null}
      </div>
      <div className={classes.acts}>
        {isOpen && can('appointments.write_own') ? (
          <Button leftSection={<IconCalendarPlus size={16} />} onClick={() => setBooking(true)}>
            {t('scheduling.book.go')}
          </Button>
        ) : null}
        {recall.bookedId && can('appointments.read') ? (
          <Button variant="default" onClick={() => open(recall.bookedId!)}>
            {t('recalls.showVisit')}
          </Button>
        ) : null}
        {can('recalls.write') ? <Acts recall={recall} isOpen={isOpen} /> : null}
      </div>
      {isOpen && can('recalls.write') ? <AttemptForm key={recall.version} recall={recall} /> : null}
      <Tried recall={recall} />
      <Suspense>{booking ? <BookDrawer opened patientId={recall.patientId} serviceId={recall.serviceId} locationId={recall.locationId} onClose={() => setBooking(false)} /> : null}</Suspense>
    </div>
  );
}

/** Put off, ended, taken up again, written to. */
function Acts({ recall, isOpen }: { recall: WholeRecall; isOpen: boolean }) {
  const { t } = useLang();
  const refused = useRefused();
  const [send, reopen] = [useSend(), useReopen()];
  const at = { id: recall.id, version: recall.version };
  if (!isOpen) {
    return recall.status === 'dismissed' ? (
      <Button variant="light" leftSection={<IconRotate size={16} />} loading={reopen.isPending} onClick={() => void reopen.mutateAsync(at).catch(refused)}>
        {t('recalls.reopen')}
      </Button>
    ) : null;
  }
  return (
    <>
      {recall.mayBeWrittenTo ? (
        <Button variant="default" leftSection={<IconMail size={16} />} loading={send.isPending} onClick={() => void send.mutateAsync(at).then(() => toast.done(t('recalls.sent')), refused)}>
          {t('recalls.send')}
        </Button>
      ) : null}
      <Snooze at={at} />
      <End at={at} />
    </>
  );
}

function useRefused() {
  const textOf = useErrorText();
  return (error: unknown) => toast.failed(textOf(error));
}

type At = { id: string; version: number };

/** Not now: in some months, or from a day on. */
function Snooze({ at }: { at: At }) {
  const { t } = useLang();
  const { today } = useDue();
  const refused = useRefused();
  const snooze = useSnooze();
  const [until, setUntil] = useState('');
  const putOff = (day: string) => void snooze.mutateAsync({ ...at, until: day }).then(() => toast.done(t('recalls.snoozed')), refused);
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="default" leftSection={<IconBellZ size={16} />}>
          {t('recalls.snooze')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {[1, 3, 6].map((count) => (
          <Menu.Item key={count} onClick={() => putOff(firstOf(monthAfter(monthOf(today), count)))}>
            {t('recalls.months', { count })}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <form
          className={classes.until}
          onSubmit={(event) => {
            event.preventDefault();
            if (until) putOff(until);
          }}
        >
          <DateField label={t('recalls.until')} value={until} min={today} onChange={setUntil} />
          <Button type="submit" size="compact-sm" disabled={!until}>
            {t('recalls.snooze')}
          </Button>
        </form>
      </Menu.Dropdown>
    </Menu>
  );
}

/** No more, and why. */
function End({ at }: { at: At }) {
  const { t } = useLang();
  const refused = useRefused();
  const [dismiss, reopen] = [useDismiss(), useReopen()];
  const end = (reason: DismissReason) =>
    dismiss.mutateAsync({ ...at, reason }).then(
      (now) => toast.undoable(t('recalls.ended'), t('action.undo'), () => void reopen.mutateAsync({ id: now.id, version: now.version }).catch(refused)),
      refused,
    );
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="default" leftSection={<IconBellOff size={16} />}>
          {t('recalls.end')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {reasons.map((reason) => (
          <Menu.Item key={reason} onClick={() => void end(reason)}>
            {t(`recalls.dismissed.${reason}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function AttemptForm({ recall }: { recall: WholeRecall }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const attempt = useAttempt();
  const [kind, setKind] = useState<AttemptKind>('phone');
  const [outcome, setOutcome] = useState<AttemptOutcome>('no_answer');
  const [note, setNote] = useState('');
  const [refusal, setRefusal] = useState<string>();
  const save = () => attempt.mutateAsync({ id: recall.id, version: recall.version, kind, outcome, note: orNull(note) }).then(() => toast.done(t('recalls.noted')), (error) => setRefusal(textOf(error)));
  return (
    <form
      className={classes.attempt}
      aria-label={t('recalls.attempt')}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Title order={3}>{t('recalls.attempt')}</Title>
      {refusal ? (
        <Alert color="red" role="alert" py="xs">
          {refusal}
        </Alert>
      ) : null}
      <SegmentedControl
        fullWidth
        aria-label={t('recalls.how')}
        value={kind}
        onChange={(next) => {
          setKind(next as AttemptKind);
          setOutcome(outcomes[next as AttemptKind][0]!);
        }}
        data={kinds.map((value) => ({ value, label: t(`recalls.kind.${value}`) }))}
      />
      <Select label={t('recalls.outcome')} allowDeselect={false} value={outcome} onChange={(next) => setOutcome(next as AttemptOutcome)} data={outcomes[kind].map((value) => ({ value, label: t(`recalls.outcome.${value}`) }))} />
      <Textarea label={t('recalls.note')} className="ownDirection" autosize minRows={1} maxRows={5} maxLength={1000} value={note} onChange={(e) => setNote(e.currentTarget.value)} />
      <Button type="submit" variant="light" loading={attempt.isPending}>
        {t('recalls.noteIt')}
      </Button>
    </form>
  );
}

function Tried({ recall }: { recall: WholeRecall }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const line = (...parts: ReactNode[]) => parts;
  return (
    <section className={classes.tried} aria-labelledby="tried">
      <Title order={3} id="tried">
        {t('recalls.tried.title')}
      </Title>
      {recall.tried.length ? (
        <ul>
          {recall.tried.map((one) => (
            <li key={one.id}>
              <b>{line(t(`recalls.kind.${one.kind}`), ': ', t(`recalls.outcome.${one.outcome}`))}</b>
              <span>
                <time dateTime={one.at} className="tnum">
                  {formatDateTime(lang, timeZone, one.at)}
                </time>
                {one.by ? (
                  <>
                    {' · '}
                    <bdi>{one.by}</bdi>
                  </>
                ) : null}
              </span>
              {one.note ? <bdi className={classes.said}>{one.note}</bdi> : null}
            </li>
          ))}
        </ul>
      ) : (
        <p>{t('recalls.tried.none')}</p>
      )}
    </section>
  );
}
