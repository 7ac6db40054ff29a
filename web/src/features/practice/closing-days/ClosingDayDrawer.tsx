import { Alert, Button, Select, Switch, TextInput } from '@mantine/core';
import { IconMoonStars, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useCan } from '@/shared/auth/session';
import { RecordDrawer, WaitingDrawer } from '@/shared/forms/RecordDrawer';
import { useFields } from '@/shared/forms/useFields';
import { useRecordForm } from '@/shared/forms/useRecordForm';
import { useSave } from '@/shared/forms/useSave';
import { useLang } from '@/shared/i18n';
import { formatDay, formatHijri } from '@/shared/i18n/format';
import { DateField } from '@/shared/ui/DateField';
import { localName } from '@/shared/names';
import classes from './ClosingDaysPage.module.css';
import { type ClosingDay, closingDays, type Move, type Repeats } from './api';
import { changesOf, type Draft, draftOf, emptyDraft, issues, labels, newClosingDayOf, withMove } from './draft';
import { useRemove } from './useRemove';

type Props = {
  id?: string;
  /** Of which of its returns one was looking: the day that its rule gives. */
  at?: string | undefined;
  today: string;
  onClose: () => void;
};

export function ClosingDayDrawer({ id, ...rest }: Props) {
  if (!id) return <Editor key="new" {...rest} />;
  return <Loaded key={id} id={id} {...rest} />;
}

function Loaded({ id, ...rest }: Props & { id: string }) {
  const { t } = useLang();
  const day = useQuery(closingDays.oneQuery(id));
  if (day.data) return <Editor loaded={day.data} {...rest} />;
  return <WaitingDrawer title={t('closing.one')} error={day.error} lines={4} retry={() => void day.refetch()} onClose={rest.onClose} />;
}

function Editor({ loaded, at, today, onClose }: Omit<Props, 'id'> & { loaded?: ClosingDay }) {
  const { t, lang } = useLang();
  const readOnly = !useCan()('hours.write');
  const record = useRecordForm<ClosingDay, Draft>({ loaded, empty: emptyDraft(today), draftOf, issues });
  const { base, form } = record;
  const { values } = form;
  const official = !!base?.holiday;
  const remove = useRemove();

  const movesText = (moves: Move[]) => moves.map((m) => (m.to ? formatDay(lang, m.to) : t('closing.notThisTime'))).join(', ');
  const { bind, wasMine } = useFields(record, labels, readOnly, (field, value) => {
    if (field === 'repeats') return t(`closing.repeats.${value as Repeats}`);
    if (field === 'date') return formatDay(lang, String(value));
    if (field === 'moves') return movesText(value as Move[]);
    return String(value);
  });
  const move = at ? values.moves.find((m) => m.from === at) : undefined;
  const others = values.moves.filter((m) => m.from !== at);
  const setMove = (to: string | null) => at && form.setFieldValue('moves', withMove(values.moves, at, to));

  const { save, busy } = useSave({
    base,
    create: closingDays.useCreate(),
    change: closingDays.useChange(),
    newOf: newClosingDayOf,
    changesOf,
    created: t('closing.created'),
    onClose,
  });

  return (
    <RecordDrawer
      record={record}
      loaded={loaded}
      labels={labels}
      title={base ? <bdi>{localName(base, lang)}</bdi> : t('closing.new')}
      name={t(base ? 'closing.one' : 'closing.new')}
      readOnly={readOnly ? t('form.readOnly') : undefined}
      busy={busy}
      save={save}
      create={t('closing.create')}
      onClose={onClose}
      aside={
        base ? (
          <Button
            variant="subtle"
            color="red"
            leftSection={<IconTrash size={16} />}
            onClick={() => {
              remove(base);
              onClose();
            }}
          >
            {t('action.remove')}
          </Button>
        ) : null
      }
    >
      {base && at && base.repeats !== 'none' ? (
        <>
          <Alert color="gray" variant="light" icon={<IconMoonStars />} py="xs">
            {t(base.repeats === 'hijri' ? 'closing.byRuleMoon' : 'closing.byRule', { day: formatDay(lang, at), hijri: formatHijri(lang, at) })}
          </Alert>
          {move?.to === null ? null : (
            <DateField
              label={t('closing.thisTime')}
              value={move ? (move.to ?? '') : at}
              onChange={setMove}
              readOnly={readOnly}
              error={form.errors.moves}
              hijri
              data-autofocus
            />
          )}
          <Switch label={t('closing.notThisTime')} checked={move?.to === null} onChange={(e) => setMove(e.currentTarget.checked ? null : at)} disabled={readOnly} description={wasMine('moves')} />
        </>
      ) : null}
      {others.length ? (
        <ul className={classes.moves} aria-label={t('closing.moves')}>
          {others.map((one) => (
            <li key={one.from}>
              <span>
                {formatDay(lang, one.from)}: {one.to ? formatDay(lang, one.to) : t('closing.open')}
              </span>
              {readOnly ? null : (
                <Button size="compact-sm" variant="subtle" onClick={() => form.setFieldValue('moves', withMove(values.moves, one.from, one.from))}>
                  {t('closing.asCalculated')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      ) : null}
      {official ? null : <DateField {...bind('date')} value={values.date} hijri {...(base ? {} : { 'data-autofocus': true })} />}
      <TextInput {...bind('name')} lang="en" className="ownDirection" />
      <TextInput {...bind('nameAr')} lang="ar" className="ownDirection" />
      {official ? null : (
        <Select
          {...bind('repeats')}
          data={(['none', 'gregorian', 'hijri'] as Repeats[]).map((value) => ({ value, label: t(`closing.repeats.${value}`) }))}
          allowDeselect={false}
        />
      )}
    </RecordDrawer>
  );
}
