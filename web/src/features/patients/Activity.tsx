import { Button, MultiSelect, Skeleton, Textarea } from '@mantine/core';
import { IconArrowMerge, IconArrowNarrowRight, IconHistory, IconMessage2, IconPencil, IconArrowBackUp, IconShieldCheck, IconShieldHeart, IconTrash, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { useSendKey } from '@/shared/forms/useSubmit';
import { type MessageId, useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDay, formatDateTime, formatTime, todayIn } from '@/shared/i18n/format';
import { More } from '@/shared/ui/More';
import { Empty, Failed } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import classes from './Activity.module.css';
import { type Entry, peopleQuery, type Shown, timelineQuery, useWriteNote } from './api';
import { shows } from './search';
import { usePatientWords } from './words';

type Props = { id: string; mayWrite: boolean; show: Shown; onShow: (show: Shown) => void };

const SKELETONS = 4;
const HIDDEN = new Set(['id', 'number', 'version', 'createdAt', 'updatedAt', 'deletedAt', 'verifiedAt', 'verifiedBy']);

/** What happened with a patient, newest first, and the notes that people write. */
export function Activity({ id, mayWrite, show, onShow }: Props) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const list = useInfiniteQuery(timelineQuery(id, show));
  const entries = list.data?.pages.flatMap((page) => page.items);
  const days = byDay(entries ?? [], timeZone);
  const today = todayIn(timeZone, new Date());
  const yesterday = todayIn(timeZone, new Date(Date.now() - 86_400_000));
  const dayText = (day: string) => (day === today ? t('activity.today') : day === yesterday ? t('activity.yesterday') : formatDay(lang, day));

  return (
    <div className={classes.wrap}>
      {mayWrite ? <Composer id={id} /> : null}
      <div className={classes.filter} role="group" aria-label={t('activity.show')}>
        {shows.map((value) => (
          <Button key={value} size="xs" radius="xl" variant={value === show ? 'light' : 'subtle'} color={value === show ? 'brand' : 'gray'} aria-pressed={value === show} onClick={() => onShow(value)}>
            {t(`activity.${value}`)}
          </Button>
        ))}
      </div>
      <div className={classes.list} aria-busy={!entries}>
        {list.isError && !entries ? (
          <Failed error={list.error} retry={() => void list.refetch()} />
        ) : entries?.length === 0 ? (
          <Empty icon={<IconHistory size={26} stroke={1.6} />} title={t(show === 'notes' ? 'activity.emptyNotes' : 'activity.empty')} text={t('activity.emptyText')} />
        ) : entries ? (
          days.map(([day, own]) => (
            <div key={day}>
              <h2 className={classes.day}>{dayText(day)}</h2>
              <ul className={classes.entries}>
                {own.map((entry) => (
                  <Row key={entry.id} entry={entry} />
                ))}
              </ul>
            </div>
          ))
        ) : (
          Array.from({ length: SKELETONS }, (_, i) => (
            <div key={i} className={classes.entry}>
              <Skeleton h={36} />
            </div>
          ))
        )}
        <More list={list} />
      </div>
    </div>
  );
}

/** By the days of the practice, in the order they came. */
export function byDay(entries: Entry[], timeZone: string): [string, Entry[]][] {
  const days = new Map<string, Entry[]>();
  for (const entry of entries) {
    const day = todayIn(timeZone, new Date(entry.at));
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  return [...days];
}

const kindsOf: Record<string, { words: MessageId; icon: typeof IconPencil }> = {
  note: { words: 'activity.noted', icon: IconMessage2 },
  'patient.created': { words: 'activity.created', icon: IconPlus },
  'patient.changed': { words: 'activity.changed', icon: IconPencil },
  'patient.deleted': { words: 'activity.deleted', icon: IconTrash },
  'patient.restored': { words: 'activity.restored', icon: IconArrowBackUp },
  'patient.merged': { words: 'activity.merged', icon: IconArrowMerge },
  'patient.merged_away': { words: 'activity.mergedAway', icon: IconArrowMerge },
  'patient.unmerged': { words: 'activity.unmerged', icon: IconArrowBackUp },
  'policy.created': { words: 'activity.insured', icon: IconShieldHeart },
  'policy.changed': { words: 'activity.policyChanged', icon: IconShieldHeart },
  'policy.verified': { words: 'activity.policyVerified', icon: IconShieldCheck },
  'policy.deleted': { words: 'activity.policyRemoved', icon: IconTrash },
  'policy.restored': { words: 'activity.policyRestored', icon: IconArrowBackUp },
};

/** What says field by field what became different. */
const CHANGED = new Set(['patient.changed', 'policy.changed', 'policy.verified']);

function Row({ entry }: { entry: Entry }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const { fieldText, valueText } = usePatientWords();
  const people = useQuery({ ...peopleQuery, enabled: useCan()('staff.read') }).data;
  const known = kindsOf[entry.kind];
  const Icon = known?.icon ?? IconHistory;
  const who = entry.actorName ?? t(entry.actorKind === 'user' ? 'activity.somebody' : 'activity.system');
  const after = (field: string): unknown => entry.changes.find((change) => change.field === field)?.after;
  const note = entry.kind === 'note' ? String(after('text') ?? '') : undefined;
  const mentions = note === undefined ? [] : ((after('mentions') ?? []) as string[]);
  const names = mentions.map((id) => people?.find((person) => person.id === id)?.name).filter((name): name is string => !!name);
  // everything is new in a new record, and its page shows all of it
  const changes = CHANGED.has(entry.kind) || (!known && note === undefined) ? entry.changes.filter(({ field }) => !HIDDEN.has(field)) : [];

  return (
    <li className={classes.entry}>
      <span className={classes.icon} data-kind={entry.kind} aria-hidden>
        <Icon size={16} stroke={1.8} />
      </span>
      <div className={classes.body}>
        <div className={classes.line}>
          <b>
            <bdi>{who}</bdi>
          </b>
          <span className={classes.dim}>{t(known?.words ?? 'activity.other')}</span>
          <time dateTime={entry.at} title={formatDateTime(lang, timeZone, entry.at)} className="tnum">
            {formatTime(lang, timeZone, entry.at)}
          </time>
        </div>
        {note === undefined ? null : (
          <div className={classes.note}>
            <bdi>{note}</bdi>
          </div>
        )}
        {names.length ? <div className={classes.dim}>{t('activity.mentioned', { names: new Intl.ListFormat(lang).format(names) })}</div> : null}
        {changes.length ? (
          <ul className={classes.changes}>
            {changes.map(({ field, before, after: now }) => (
              <li key={field}>
                {fieldText(field)}: <del>{valueText(field, before) || t('activity.nothing')}</del>
                <IconArrowNarrowRight size={15} className={classes.arrow} role="img" aria-label={t('activity.becomes')} />
                <ins>{valueText(field, now) || t('activity.nothing')}</ins>
              </li>
            ))}
          </ul>
        ) : null}
      </div>
    </li>
  );
}

function Composer({ id }: { id: string }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const maySeeStaff = useCan()('staff.read');
  const people = useQuery({ ...peopleQuery, enabled: maySeeStaff }).data;
  const write = useWriteNote(id);
  const keyOf = useSendKey();
  const [text, setText] = useState('');
  const [mentions, setMentions] = useState<string[]>([]);

  const send = async () => {
    if (!text.trim() || write.isPending) return;
    const body = { text: text.trim(), mentions };
    try {
      await write.mutateAsync({ body, key: keyOf(body) });
      setText('');
      setMentions([]);
    } catch (error) {
      toast.failed(textOf(error));
    }
  };

  return (
    <div className={classes.composer}>
      <Textarea
        aria-label={t('activity.write')}
        placeholder={t('activity.write')}
        autosize
        minRows={2}
        maxRows={10}
        maxLength={10_000}
        value={text}
        onChange={(e) => setText(e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key !== 'Enter' || !(e.ctrlKey || e.metaKey)) return;
          e.preventDefault();
          void send();
        }}
        className="ownDirection"
      />
      <div className={classes.composerFoot}>
        {maySeeStaff ? (
          <MultiSelect
            aria-label={t('activity.mention')}
            placeholder={mentions.length ? '' : t('activity.mention')}
            searchable
            hidePickedOptions
            maxValues={20}
            data={(people ?? []).filter((person) => person.status === 'active').map((person) => ({ value: person.id, label: person.name }))}
            value={mentions}
            onChange={setMentions}
            nothingFoundMessage={t('search.nothing')}
            className={classes.mention ?? ''}
          />
        ) : (
          <span className={classes.mention} />
        )}
        <span className={classes.hint} aria-hidden>
          {t('activity.sendHint')}
        </span>
        <Button loading={write.isPending} disabled={!text.trim()} onClick={() => void send()}>
          {t('activity.send')}
        </Button>
      </div>
    </div>
  );
}
