import { Button, Tabs } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useLang } from '@/shared/i18n';
import { issueText, useErrorText } from '@/shared/i18n/errors';
import { formatNumber } from '@/shared/i18n/format';
import lists from '@/shared/ui/ListPage.module.css';
import { More } from '@/shared/ui/More';
import { Failed } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import type { CallWorkflow } from '../api';
import { labelOf } from '../values';
import { type CaseImport, type ImportRow, importRowsQuery, type Outcome, outcomes, useRunImport } from './api';
import { Columns } from './Columns';
import classes from './Imports.module.css';

const SHOWN = 4;

type Props = { workflow: CallWorkflow; one: CaseImport; onClose: () => void; onAgain: () => void };

/** Which columns are which fields, and what would become of each row or became of it; then entering them. */
export function Report({ workflow, one, onClose, onAgain }: Props) {
  const { t, lang } = useLang();
  const textOf = useErrorText();
  const run = useRunImport();
  const count = (outcome: Outcome) => one.outcomes[outcome] ?? 0;
  const there = outcomes.filter(count);
  const [chosen, setChosen] = useState<Outcome>();
  const shown = chosen && there.includes(chosen) ? chosen : there[0];
  const fine = count('create');
  const go = () => run.mutateAsync(one).catch((error: unknown) => toast.failed(textOf(error)));
  return (
    <>
      <Columns key={one.version} workflow={workflow} one={one} />
      <Tabs value={shown ?? null} onChange={(value) => setChosen(outcomes.find((outcome) => outcome === value))} keepMounted={false}>
        <Tabs.List aria-label={t('caseImports.report')}>
          {there.map((outcome) => (
            <Tabs.Tab key={outcome} value={outcome}>
              {t(`caseImports.outcome.${outcome}`)} <span className={`${classes.count} tnum`}>{formatNumber(lang, count(outcome))}</span>
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {there.map((outcome) => (
          <Tabs.Panel key={outcome} value={outcome}>
            <Rows workflow={workflow} one={one} outcome={outcome} />
          </Tabs.Panel>
        ))}
      </Tabs>
      <div className={classes.foot}>
        <Button variant="default" onClick={onAgain}>
          {t('caseImports.again')}
        </Button>
        {one.state === 'entered' ? (
          <Button onClick={onClose}>{t('action.done')}</Button>
        ) : (
          <Button onClick={() => void go()} loading={run.isPending} disabled={!fine}>
            {t('caseImports.run', { count: fine })}
          </Button>
        )}
      </div>
    </>
  );
}

function Rows({ workflow, one, outcome }: { workflow: CallWorkflow; one: CaseImport; outcome: Outcome }) {
  const { t } = useLang();
  const list = useInfiniteQuery(importRowsQuery(one.id, one.version, outcome));
  const rows = list.data?.pages.flatMap((page) => page.items);
  if (list.isError && !rows) return <Failed error={list.error} retry={() => void list.refetch()} />;
  return (
    <>
      <ul className={`${classes.report} ${list.isPlaceholderData ? lists.fading : ''}`} aria-busy={!rows} aria-label={t(`caseImports.outcome.${outcome}`)}>
        {rows?.map((row) => (
          <Row key={row.number} workflow={workflow} row={row} />
        ))}
      </ul>
      <More list={list} />
    </>
  );
}

function Row({ workflow, row }: { workflow: CallWorkflow; row: ImportRow }) {
  const words = useLang();
  const { t, lang } = words;
  const nameOf = (key: string) => {
    const field = workflow.fields.find((one) => one.key === key);
    return field ? labelOf(field.label, lang) : key;
  };
  return (
    <li>
      <span className={`${classes.number} tnum`}>{row.number}</span>
      <span className={classes.names}>
        <b>
          <bdi>{row.cells.filter(Boolean).slice(0, SHOWN).join(' · ')}</bdi>
        </b>
        {row.faults.map((fault, i) => (
          <small key={i} data-fault>
            {fault.field ? <bdi>{nameOf(fault.field)}: </bdi> : null}
            {issueText(words, fault)}
          </small>
        ))}
      </span>
      {row.caseId ? (
        <Link to="/cases/$id" params={{ id: row.caseId }} search={{}} className={classes.case}>
          {t('caseImports.openCase')}
        </Link>
      ) : null}
    </li>
  );
}
