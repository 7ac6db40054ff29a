import { Alert, Button, Select } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import type { Schemas } from '@/shared/api/problem';
import forms from '@/shared/forms/forms.module.css';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { type Import, useChangeImport } from './api';
import classes from './Imports.module.css';
import { useImportWords } from './words';

type Options = Required<Pick<Schemas['ImportChange'], 'contacts' | 'dates' | 'duplicates'>>;
const choices = {
  duplicates: ['skip', 'update', 'create'],
  contacts: ['keepAsNote', 'refuse'],
  dates: ['dmy', 'mdy'],
} as const;
const SHOWN = 3;

type Props = {
  import: Import;
  /** With the import as it is by now. */
  onCheck: (now: Import) => void;
  checking: boolean;
};

/** Which column of the file is what of a patient, and how rows are taken. */
export function Matching({ import: one, onCheck, checking }: Props) {
  const { t, lookup } = useLang();
  const textOf = useErrorText();
  const { fieldText } = useImportWords();
  const change = useChangeImport();
  const [columns, setColumns] = useState(one.columns.map((column) => column.field));
  const [options, setOptions] = useState<Options>({ contacts: one.contacts, dates: one.dates, duplicates: one.duplicates });
  const named = one.format === 'fhir' || columns.some((field) => field === 'givenName' || field === 'fullName');

  const check = async () => {
    try {
      const now = await change.mutateAsync({ id: one.id, body: { version: one.version, ...options, ...(one.format === 'fhir' ? {} : { columns }) } });
      onCheck(now);
    } catch (error) {
      toast.failed(textOf(error));
    }
  };

  return (
    <section className={classes.panel}>
      {one.remarks.map((remark, i) => (
        <Alert key={i} color="gray" variant="light" icon={<IconInfoCircle />}>
          {lookup(`imports.remark.${remark.code}`, { column: one.columns[remark.column ?? -1]?.heading ?? '', encoding: one.encoding ?? '' }) ?? remark.code}
        </Alert>
      ))}
      {one.columns.length ? (
        <ul className={classes.columns} aria-label={t('imports.columns')}>
          {one.columns.map((column, at) => (
            <li key={at}>
              <span className={classes.names}>
                <b>
                  <bdi>{column.heading || t('imports.noHeading', { n: at + 1 })}</bdi>
                </b>
                <small>
                  <bdi>{column.samples.filter(Boolean).slice(0, SHOWN).join(' · ')}</bdi>
                </small>
              </span>
              <Select
                aria-label={t('imports.columnIs', { column: column.heading || t('imports.noHeading', { n: at + 1 }) })}
                placeholder={t('imports.leaveOut')}
                searchable
                clearable
                nothingFoundMessage={t('search.nothing')}
                data={one.fields.filter((field) => field === columns[at] || !columns.includes(field)).map((field) => ({ value: field, label: fieldText(field) }))}
                value={columns[at] ?? null}
                onChange={(field) => setColumns((now) => now.map((old, i) => (i === at ? field : old)))}
              />
            </li>
          ))}
        </ul>
      ) : null}
      <div className={forms.two}>
        {(Object.keys(choices) as (keyof Options)[])
          .filter((option) => option !== 'dates' || one.format !== 'fhir')
          .map((option) => (
            <Select
              key={option}
              label={t(`imports.${option}`)}
              allowDeselect={false}
              data={choices[option].map((value) => ({ value, label: lookup(`imports.${option}.${value}`) ?? value }))}
              value={options[option]}
              onChange={(value) => setOptions((now) => ({ ...now, [option]: value }))}
            />
          ))}
      </div>
      <div className={classes.foot}>
        <span>{named ? t('imports.checkText') : t('imports.noName')}</span>
        <Button onClick={() => void check()} loading={change.isPending || checking} disabled={!named}>
          {t('imports.check')}
        </Button>
      </div>
    </section>
  );
}
