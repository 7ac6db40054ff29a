import { Badge, Button, Skeleton } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { Gate } from '@/shared/ui/Gate';
import lists from '@/shared/ui/ListPage.module.css';
import { More } from '@/shared/ui/More';
import { Empty, Failed } from '@/shared/ui/Page';
import { useUndoable } from '@/shared/ui/useUndoable';
import type { PatientItem } from '../api';
import { Peek } from '../peek/Peek';
import { usePeek } from '../peek/usePeek';
import { PersonLine } from '../PersonLine';
import { namesOf } from '../person';
import { Subpage } from '../Subpage';
import { type Duplicate, duplicatesQuery, useTellApart } from './api';
import classes from './Duplicates.module.css';

const MergeDrawer = lazy(() => import('./MergeDrawer').then((m) => ({ default: m.MergeDrawer })));
const SKELETONS = 4;

export function DuplicatesPage() {
  return (
    <Gate title="duplicates.title" needs="patients.delete">
      <Pairs />
    </Gate>
  );
}

/** Patients who are likely one, to be told apart or put together. */
function Pairs() {
  const { t } = useLang();
  const { onKeyDown } = usePeek();
  const list = useInfiniteQuery(duplicatesQuery);
  const pairs = list.data?.pages.flatMap((part) => part.items);
  const [merging, setMerging] = useState<[string, string]>();

  return (
    <Subpage title={t('duplicates.title')} sub={t('duplicates.text')}>
      <div className={lists.card}>
        {list.isError && !pairs ? (
          <Failed error={list.error} retry={() => void list.refetch()} />
        ) : pairs?.length === 0 ? (
          <Empty icon={<IconUsers size={26} stroke={1.6} />} title={t('duplicates.none')} text={t('duplicates.noneText')} />
        ) : (
          <ul className={classes.pairs} aria-label={t('duplicates.title')} aria-busy={!pairs} onKeyDown={onKeyDown}>
            {pairs
              ? pairs.map((pair) => <Pair key={pair.one.id + pair.other.id} pair={pair} onMerge={() => setMerging([pair.one.id, pair.other.id])} />)
              : Array.from({ length: SKELETONS }, (_, i) => (
                  <li key={i} className={classes.pair}>
                    <Skeleton h={56} />
                  </li>
                ))}
          </ul>
        )}
        <More list={list} />
      </div>
      <Peek />
      <Suspense>
        {merging ? <MergeDrawer ids={merging} onClose={() => setMerging(undefined)} onMerged={() => setMerging(undefined)} /> : null}
      </Suspense>
    </Subpage>
  );
}

function Pair({ pair, onMerge }: { pair: Duplicate; onMerge: () => void }) {
  const { t, lang } = useLang();
  const undoable = useUndoable();
  const tellApart = useTellApart();
  const one = namesOf(pair.one, lang).name;
  const other = namesOf(pair.other, lang).name;
  const apart = () =>
    void undoable(
      () => tellApart(pair, true),
      t('duplicates.dismissed'),
      () => tellApart(pair, false),
    );
  return (
    <li className={classes.pair}>
      <div className={classes.two}>
        <Person patient={pair.one} />
        <Person patient={pair.other} />
      </div>
      <Badge radius="sm" variant="light" color="gray" tt="none" miw="max-content">
        {t(`duplicates.rule.${pair.rule}`)}
      </Badge>
      <div className={classes.actions}>
        <Button variant="default" size="xs" onClick={apart} aria-label={t('duplicates.dismissOf', { one, other })}>
          {t('duplicates.dismiss')}
        </Button>
        <Button size="xs" onClick={onMerge} aria-label={t('duplicates.mergeOf', { one, other })}>
          {t('duplicates.merge')}
        </Button>
      </div>
    </li>
  );
}

function Person({ patient: p }: { patient: PatientItem }) {
  const { lang } = useLang();
  return <PersonLine id={p.id} name={namesOf(p, lang).name} number={p.number} birthDate={p.birthDate} phone={p.phone} />;
}
