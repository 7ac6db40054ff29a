import { Select } from '@mantine/core';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import type { CallWorkflow } from '../api';
import { inOrder, labelOf } from '../values';
import { type CaseImport, type Matching, useMatch } from './api';
import classes from './Imports.module.css';

/** Which column of the file is which field, and in which order its days are written. Each choice has all rows judged anew. */
export function Columns({ workflow, one }: { workflow: CallWorkflow; one: CaseImport }) {
  const { t, lang } = useLang();
  const textOf = useErrorText();
  const match = useMatch();
  const readOnly = one.state !== 'checked';
  const taken = one.columns.map(({ field }) => field);
  const put = (matching: Matching) => void match.mutateAsync({ id: one.id, version: one.version, ...matching }).catch((error: unknown) => toast.failed(textOf(error)));
  const choicesFor = (own: string | null) =>
    inOrder(workflow.fields)
      .filter(({ key }) => key === own || !taken.includes(key))
      .map(({ key, label }) => ({ value: key, label: labelOf(label, lang) }));
  const hasDays = workflow.fields.some(({ key, type }) => (type === 'date' || type === 'datetime') && taken.includes(key));
  return (
    <>
      <p className={classes.hint}>{t('caseImports.rows', { count: one.rows })}</p>
      <ul className={classes.columns} aria-label={t('caseImports.columns')} aria-busy={match.isPending}>
        {one.columns.map((column, at) => (
          <li key={at}>
            <bdi>{column.heading || t('caseImports.noHeading', { n: at + 1 })}</bdi>
            <Select
              aria-label={t('caseImports.columnIs', { column: column.heading || t('caseImports.noHeading', { n: at + 1 }) })}
              placeholder={t('caseImports.leftOut')}
              data={choicesFor(column.field)}
              value={column.field}
              onChange={(field) => put({ columns: taken.map((old, i) => (i === at ? field : old)) })}
              clearable={!readOnly}
              searchable
              readOnly={readOnly}
              nothingFoundMessage={t('search.nothing')}
            />
          </li>
        ))}
      </ul>
      {hasDays ? (
        <Select
          label={t('caseImports.dates')}
          data={(['dmy', 'mdy'] as const).map((value) => ({ value, label: t(`caseImports.dates.${value}`) }))}
          value={one.dates}
          onChange={(dates) => dates && put({ dates: dates as CaseImport['dates'] })}
          allowDeselect={false}
          readOnly={readOnly}
        />
      ) : null}
    </>
  );
}
