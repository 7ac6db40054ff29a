import { Button, Tabs } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatNumber } from '@/shared/i18n/format';
import lists from '@/shared/ui/ListPage.module.css';
import { More } from '@/shared/ui/More';
import { Failed } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import { PeekButton } from '../peek/PeekButton';
import { usePeek } from '../peek/usePeek';
import { type Import, type ImportRow, importRowsQuery, type RowOutcome, type Step, useChangeImport } from './api';
import classes from './Imports.module.css';
import { useImportWords } from './words';

const order: readonly RowOutcome[] = ['fault', 'create', 'update', 'skip', 'created', 'updated', 'skipped', 'undone', 'kept', 'waiting'];
const SHOWN = 4;

type Props = { import: Import; onStep: (step: Step) => void; going: boolean };

/** What would become of each row, or what became of it; and the next step. */
export function Report({ import: one, onStep, going }: Props) {
  const { t, lang } = useLang();
  const textOf = useErrorText();
  const change = useChangeImport();
  const count = (outcome: RowOutcome) => one.outcomes[outcome] ?? 0;
  const there = order.filter((outcome) => count(outcome));
  const [chosen, setChosen] = useState<RowOutcome>();
  const shown = chosen && there.includes(chosen) ? chosen : there[0];
  const todo = count('create') + count('update');
  // any change makes it open again
  const back = () =>
    void change.mutateAsync({ id: one.id, body: { version: one.version, duplicates: one.duplicates } }).catch((error: unknown) => toast.failed(textOf(error)));

  return (
    <section className={classes.panel}>
      <Tabs value={shown ?? null} onChange={(value) => setChosen(order.find((outcome) => outcome === value))} keepMounted={false}>
        <Tabs.List aria-label={t('imports.report')}>
          {there.map((outcome) => (
            <Tabs.Tab key={outcome} value={outcome}>
              {t(`imports.outcome.${outcome}`)} <span className={`${classes.count} tnum`}>{formatNumber(lang, count(outcome))}</span>
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {there.map((outcome) => (
          <Tabs.Panel key={outcome} value={outcome}>
            <Rows import={one} outcome={outcome} />
          </Tabs.Panel>
        ))}
      </Tabs>
      <div className={classes.foot}>
        {one.state === 'checked' ? (
          <>
            <Button variant="default" onClick={back} loading={change.isPending}>
              {t('imports.backToColumns')}
            </Button>
            <Button onClick={() => onStep('run')} loading={going} disabled={!todo}>
              {t('imports.run', { count: todo })}
            </Button>
          </>
        ) : one.state === 'entered' ? (
          <Button variant="default" leftSection={<IconArrowBackUp size={16} />} onClick={() => onStep('undo')} loading={going}>
            {t('imports.undo')}
          </Button>
        ) : (
          <span>{t('imports.undoneText')}</span>
        )}
      </div>
    </section>
  );
}

function Rows({ import: one, outcome }: { import: Import; outcome: RowOutcome }) {
  const { t } = useLang();
  const { onKeyDown } = usePeek();
  const list = useInfiniteQuery(importRowsQuery(one.id, one.version, outcome));
  const rows = list.data?.pages.flatMap((page) => page.items);
  if (list.isError && !rows) return <Failed error={list.error} retry={() => void list.refetch()} />;
  return (
    <>
      <ul className={`${classes.report} ${list.isPlaceholderData ? lists.fading : ''}`} aria-busy={!rows} aria-label={t(`imports.outcome.${outcome}`)} onKeyDown={onKeyDown}>
        {rows?.map((row) => (
          <Row key={row.number} row={row} headings={one.columns.map((column) => column.heading)} />
        ))}
      </ul>
      <More list={list} />
    </>
  );
}

function Row({ row, headings }: { row: ImportRow; headings: string[] }) {
  const { t } = useLang();
  const { fieldText, noteText } = useImportWords();
  const where = (note: ImportRow['notes'][number]) => (note.column === null ? undefined : headings[note.column]) ?? (note.field ? fieldText(note.field) : '');
  const patient = row.patientId ?? row.like?.patientId;
  return (
    <li>
      <span className={`${classes.number} tnum`}>{row.number}</span>
      <span className={classes.names}>
        <b>
          <bdi>{row.cells.filter(Boolean).slice(0, SHOWN).join(' · ')}</bdi>
        </b>
        {row.notes.map((note, i) => (
          <small key={i} data-fault={note.fault || undefined}>
            {where(note) ? <bdi>{where(note)}: </bdi> : null}
            {noteText(note)}
          </small>
        ))}
        {row.like ? (
          <small>
            {t(`duplicates.rule.${row.like.rule as 'nationalId'}`)}
            {row.like.row === null ? null : ` · ${t('imports.likeRow', { number: row.like.row })}`}
          </small>
        ) : null}
      </span>
      {patient ? (
        <span className={classes.patient}>
          <PeekButton id={patient} name={t('imports.rowNumber', { number: row.number })} />
          <Link to="/patients/$id" params={{ id: patient }} search={{}} data-row={patient}>
            {t('imports.openPatient')}
          </Link>
        </span>
      ) : null}
    </li>
  );
}
