import { Badge } from '@mantine/core';
import { useLang } from '@/shared/i18n';
import { ReorderList, RowNames } from '@/shared/ui/ReorderList';
import { labelOf } from '../values';
import { members, type Row } from './draft';
import classes from './Settings.module.css';

type Props = {
  rows: Row[];
  /** What the server refused, by the place of the field. */
  errors: Record<string, unknown>;
  canWrite: boolean;
  onOpen: (row: Row) => void;
  onOrder: (rows: Row[]) => void;
};

/** The fields in the order in which they are asked for. */
export function FieldRows({ rows, errors, canWrite, onOpen, onOrder }: Props) {
  const { t, lang } = useLang();
  const nameOf = ({ field }: Row) => labelOf(field.label, lang);
  const wrong = (row: Row) => ['key', ...members].map((member) => errors[`fields.${rows.indexOf(row)}.${member}`]).find((error) => typeof error === 'string') as string | undefined;
  if (!rows.length) return <p className={`${classes.rows} ${classes.none}`}>{t('callWorkflows.noFields')}</p>;
  return (
    <div className={classes.rows}>
      <ReorderList
        rows={rows}
        label={t('callWorkflows.fields')}
        canWrite={canWrite}
        nameOf={nameOf}
        onOpen={onOpen}
        onOrder={(ids) => onOrder(ids.flatMap((id) => rows.find((row) => row.id === id) ?? []))}
      >
        {(row) => (
          <>
            <RowNames
              name={nameOf(row)}
              other={
                wrong(row) ? (
                  <span className={classes.error} aria-invalid="true">
                    {wrong(row)}
                  </span>
                ) : (
                  <>
                    {t(`callWorkflows.kind.${row.field.type}`)} · <bdi className="ltr">{row.field.key}</bdi>
                  </>
                )
              }
            />
            <Marks row={row} />
          </>
        )}
      </ReorderList>
    </div>
  );
}

function Marks({ row: { field, known } }: { row: Row }) {
  const { t } = useLang();
  const marks = [!known && 'new', field.required && 'required', field.displayInList && 'listed', field.sensitive && 'sensitive'] as const;
  return (
    <span className={classes.marks}>
      {marks.map((mark) =>
        mark ? (
          <Badge key={mark} radius="sm" variant="light" color={mark === 'new' ? 'brand' : 'gray'} tt="none">
            {t(`callWorkflows.mark.${mark}`)}
          </Badge>
        ) : null,
      )}
    </span>
  );
}
