import { Chip, Input, NumberInput, Select, TextInput } from '@mantine/core';
import { useLang } from '@/shared/i18n';
import { weekdayName } from '@/shared/i18n/format';
import type { Trigger } from '../definition';
import { ConditionEditor } from '../fields/ConditionEditor';
import { OffsetInput } from '../fields/OffsetInput';
import { problemOf } from '../problems';
import { TRIGGER } from '../tree';
import { weekdays } from '../useWords';
import classes from './Builder.module.css';
import { useBuilder } from './useBuilder';
import { WebhookAddress } from './WebhookAddress';

const kinds = ['event', 'date', 'schedule', 'hand', 'webhook'] as const;
const DAY_BEFORE = -1_440;

/** By what a workflow begins. */
export function TriggerForm() {
  const { t } = useLang();
  const { definition, dispatch, blocks, problems, readOnly } = useBuilder();
  const { trigger } = definition;
  const subjects = (blocks?.subjects ?? []).filter(({ dates }) => dates.length);

  const begin = (kind: (typeof kinds)[number]): Trigger => {
    if (kind === 'event') return { kind, event: '', condition: null };
    if (kind === 'date') return { kind, subject: subjects[0]?.name ?? '', date: subjects[0]?.dates[0] ?? '', offsetMinutes: DAY_BEFORE, condition: null };
    if (kind === 'schedule') return { kind, every: 'day', at: '09:00' };
    return kind === 'hand' ? { kind, subject: 'patient' } : { kind };
  };

  return (
    <>
      <Select
        label={t('workflows.trigger.kind')}
        data-field=""
        data={kinds.map((kind) => ({ value: kind, label: t(`workflows.trigger.kind.${kind}`) }))}
        value={trigger?.kind ?? null}
        placeholder={t('workflows.trigger.choose')}
        allowDeselect={false}
        readOnly={readOnly}
        error={problemOf(problems, TRIGGER, '')?.field === '' ? problems.find((one) => one.key === TRIGGER)?.message : undefined}
        onChange={(kind) => (kind && kind !== trigger?.kind ? dispatch({ do: 'trigger', trigger: begin(kind as (typeof kinds)[number]) }) : undefined)}
      />
      {trigger ? <Details trigger={trigger} /> : null}
    </>
  );
}

function Details({ trigger }: { trigger: Trigger }) {
  const { t } = useLang();
  const { dispatch, blocks, words, readOnly } = useBuilder();
  const set = (next: Trigger, mark?: string) => dispatch({ do: 'trigger', trigger: next, ...(mark ? { mark: `trigger.${mark}` } : {}) });
  switch (trigger.kind) {
    case 'event': {
      const groups = [...new Set((blocks?.triggers ?? []).map(({ subject }) => subject))];
      const data = groups.map((group) => ({ group: words.block(group), items: blocks!.triggers.filter(({ subject }) => subject === group).map(({ event }) => ({ value: event, label: words.block(event) })) }));
      return (
        <>
          <Select label={t('workflows.trigger.event')} data-field="event" data={data} value={trigger.event || null} placeholder={t('workflows.trigger.choose')} searchable allowDeselect={false} readOnly={readOnly} onChange={(event) => (event ? set({ ...trigger, event }) : undefined)} />
          {trigger.event ? <When trigger={trigger} set={set} /> : null}
        </>
      );
    }
    case 'date': {
      const dates = (blocks?.subjects ?? []).map(({ name, dates: keys }) => ({ group: words.block(name), items: keys.map((key) => ({ value: `${name}.${key}`, label: words.offset(0, name, key) })) })).filter(({ items }) => items.length);
      return (
        <>
          <Select
            label={t('workflows.trigger.date')}
            data-field="date"
            data={dates}
            value={trigger.subject ? `${trigger.subject}.${trigger.date}` : null}
            allowDeselect={false}
            readOnly={readOnly}
            onChange={(next) => {
              const [subject = '', date = ''] = next?.split('.') ?? [];
              set({ ...trigger, subject, date });
            }}
          />
          <OffsetInput label={t('workflows.trigger.offset')} value={trigger.offsetMinutes} readOnly={readOnly} onChange={(offsetMinutes) => set({ ...trigger, offsetMinutes }, 'offset')} />
          <When trigger={trigger} set={set} />
        </>
      );
    }
    case 'schedule':
      return <Schedule trigger={trigger} set={set} />;
    case 'hand':
      return (
        <Select
          label={t('workflows.trigger.subject')}
          description={t('workflows.trigger.subject.about')}
          data-field="subject"
          data={[{ value: '', label: t('workflows.trigger.subject.none') }, ...(blocks?.subjects ?? []).map(({ name }) => ({ value: name, label: words.block(name) }))]}
          value={trigger.subject ?? ''}
          allowDeselect={false}
          readOnly={readOnly}
          onChange={(subject) => set({ ...trigger, subject: subject || null })}
        />
      );
    case 'webhook':
      return <WebhookAddress />;
  }
}

type Conditional = Extract<Trigger, { kind: 'event' | 'date' }>;

/** Which of them count. */
function When({ trigger, set }: { trigger: Conditional; set: (trigger: Trigger, mark?: string) => void }) {
  const { t } = useLang();
  const { variablesAt, problems, readOnly } = useBuilder();
  return (
    <ConditionEditor
      label={t('workflows.trigger.when')}
      value={trigger.condition ?? null}
      fields={variablesAt(TRIGGER)}
      error={problemOf(problems, TRIGGER, 'condition')?.message}
      readOnly={readOnly}
      onChange={(condition) => set({ ...trigger, condition }, 'condition')}
    />
  );
}

type Scheduled = Extract<Trigger, { kind: 'schedule' }>;
const LAST_SURE_DAY = 28;

function Schedule({ trigger, set }: { trigger: Scheduled; set: (trigger: Trigger, mark?: string) => void }) {
  const { t, lang } = useLang();
  const { readOnly, problems } = useBuilder();
  const every = (next: Scheduled['every']): Scheduled => ({ kind: 'schedule', every: next, at: trigger.at, ...(next === 'week' ? { weekdays: ['sun'] } : next === 'month' ? { day: 1 } : {}) });
  return (
    <>
      <div className={classes.two}>
        <Select label={t('workflows.schedule.every')} data-field="every" data={(['day', 'week', 'month'] as const).map((one) => ({ value: one, label: t(`workflows.schedule.unit.${one}`) }))} value={trigger.every} allowDeselect={false} readOnly={readOnly} onChange={(next) => (next ? set(every(next as Scheduled['every'])) : undefined)} />
        <TextInput type="time" label={t('workflows.schedule.at')} data-field="at" className="ownDirection tnum" value={trigger.at} readOnly={readOnly} error={problemOf(problems, TRIGGER, 'at')?.message} onChange={(event) => set({ ...trigger, at: event.currentTarget.value }, 'at')} />
      </div>
      {trigger.every === 'week' ? (
        <Input.Wrapper label={t('workflows.schedule.days')} labelElement="div" error={problemOf(problems, TRIGGER, 'weekdays')?.message}>
          <Chip.Group multiple value={trigger.weekdays ?? []} onChange={(days) => (readOnly ? undefined : set({ ...trigger, weekdays: weekdays.filter((day) => days.includes(day)) }))}>
            <div className={classes.days}>
              {weekdays.map((day, n) => (
                <Chip key={day} value={day} size="xs">
                  {weekdayName(lang, n + 1, 'short')}
                </Chip>
              ))}
            </div>
          </Chip.Group>
        </Input.Wrapper>
      ) : null}
      {trigger.every === 'month' ? <NumberInput label={t('workflows.schedule.dayOfMonth')} data-field="day" className="ownDirection tnum" min={1} max={LAST_SURE_DAY} allowDecimal={false} readOnly={readOnly} value={trigger.day ?? 1} onChange={(day) => set({ ...trigger, day: Number(day) || 1 }, 'day')} /> : null}
      <p className={classes.hint}>{t('workflows.schedule.zone')}</p>
    </>
  );
}
