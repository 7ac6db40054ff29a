import { ActionIcon, Alert, Button, Menu, Text } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp, IconCalendarWeek, IconEye, IconLink, IconUsers } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { ApiProblem, hasCode } from '@/shared/api/problem';
import { useSession } from '@/shared/auth/session';
import { type MessageId, useLang } from '@/shared/i18n';
import { errorText, issueText } from '@/shared/i18n/errors';
import { weekdayName } from '@/shared/i18n/format';
import { type Bar, SaveBar } from '@/shared/ui/SaveBar';
import { useShortcuts } from '@/shared/ui/shortcuts';
import { toast } from '@/shared/ui/toast';
import { type Hours, useResetHours, useSaveHours } from './api';
import classes from './HoursPage.module.css';
import { duration, spoken } from './labels';
import type { Axis } from './pointer';
import { applied, presets, presetText } from './presets';
import { problemsByInterval } from './problems';
import { useWeek } from './useWeek';
import { firstWeekday, type Interval, minutesIn, overlapping, toWire, weekFrom } from './week';
import { WeekGrid } from './WeekGrid';

type Props = {
  loaded: Hours;
  axis: Axis;
  readOnly: boolean;
  /** Whose hours these are while they are inherited. */
  parent: string;
  chooser: ReactNode;
  /** Stands inside something that has an edge of its own. */
  plain?: boolean;
  /** After saving, besides saying so. */
  onSaved?: () => void;
  /** What stands at the foot instead of the usual bar. */
  foot?: (bar: Required<Bar>) => ReactNode;
};

export function HoursEditor({ loaded, axis, readOnly, parent, chooser, plain = false, onSaved, foot = (bar) => <SaveBar {...bar} /> }: Props) {
  const words = useLang();
  const { t, lang } = words;
  const { practice } = useSession();
  const save = useSaveHours();
  const reset = useResetHours();
  const busy = save.isPending || reset.isPending;
  const week = useWeek(loaded, busy);
  const { intervals, history } = week;
  const [refused, setRefused] = useState(new Map<string, string>());
  const [refusal, setRefusal] = useState<string>();
  const fixed = readOnly || !week.own;

  const problems = new Map(refused);
  for (const id of overlapping(intervals)) problems.set(id, t('hours.overlaps'));
  const wrong = intervals.filter((i) => problems.has(i.id));

  const change = (next: Interval[]) => {
    setRefused(new Map());
    setRefusal(undefined);
    history.push(next);
  };
  const send = async (owner: string, sent: readonly Interval[], version: number) => {
    const { week: wire, ids } = toWire(sent);
    try {
      week.begin(await save.mutateAsync({ owner, week: wire, version }));
      toast.done(t('hours.saved'));
      onSaved?.();
    } catch (error) {
      if (hasCode(error, 'version.stale') && error.problem.current) return week.offer(error.problem.current as Hours);
      const issues = error instanceof ApiProblem ? (error.problem.errors ?? []) : [];
      const found = problemsByInterval(issues, ids, (issue) => issueText(words, issue));
      setRefused(found.byId);
      setRefusal(found.rest || found.byId.size === 0 ? errorText(words, error) : undefined);
    }
  };
  const inherit = async () => {
    const before = intervals;
    try {
      const now = await reset.mutateAsync({ owner: week.base.owner, version: week.base.version });
      week.begin(now);
      toast.undoable(t('hours.inheritedAgain'), t('action.undo'), () => void send(now.owner, before, now.version));
    } catch (error) {
      if (hasCode(error, 'version.stale') && error.problem.current) return week.offer(error.problem.current as Hours);
      toast.failed(errorText(words, error));
    }
  };

  useShortcuts([
    ...(fixed ? [] : [{ key: 'mod+z', label: 'action.undo' as MessageId, run: history.undo }]),
    { key: 'ArrowUp', label: 'hours.keys.move', shown: ['↑', '↓', '←', '→'] },
    { key: 'Shift', label: 'hours.keys.resize', shown: ['Shift', '↑', '↓'] },
    { key: 'Enter', label: 'hours.editTimes', shown: ['Enter'] },
    { key: 'Delete', label: 'action.remove', shown: ['Del'] },
  ]);

  const list = new Intl.ListFormat(lang, { type: 'conjunction' });
  const elsewhere = list.format(week.changedElsewhere.map((day) => weekdayName(lang, day)));
  const usual = presets(practice.country);
  const apply = (n: number) => {
    if (!week.own) week.makeOwn();
    change(applied(usual[n]!));
  };

  return (
    <>
      <div className={classes.card} data-plain={plain || undefined}>
        <div className={classes.tools}>
          {chooser}
          <div className={classes.total}>{t('hours.perWeek', { hours: duration(t, minutesIn(intervals)) })}</div>
          {fixed ? null : (
            <div className={classes.actions}>
              <ActionIcon variant="default" size={36} aria-label={t('action.undo')} title={t('action.undo')} disabled={!history.canUndo} onClick={history.undo}>
                <IconArrowBackUp size={18} stroke={1.7} className={classes.turn} />
              </ActionIcon>
              <ActionIcon variant="default" size={36} aria-label={t('action.redo')} title={t('action.redo')} disabled={!history.canRedo} onClick={history.redo}>
                <IconArrowForwardUp size={18} stroke={1.7} className={classes.turn} />
              </ActionIcon>
              <Menu position="bottom-end">
                <Menu.Target>
                  <Button variant="default" leftSection={<IconCalendarWeek size={16} />}>
                    {t('hours.usual')}
                  </Button>
                </Menu.Target>
                <Menu.Dropdown>
                  {usual.map((preset, n) => (
                    <Menu.Item key={preset.key} onClick={() => apply(n)}>
                      {presetText(lang, preset).days} <bdi className="ltr">{presetText(lang, preset).times}</bdi>
                    </Menu.Item>
                  ))}
                </Menu.Dropdown>
              </Menu>
              {week.base.owner !== 'practice' && !week.base.inherited ? (
                <Button variant="default" leftSection={<IconLink size={16} />} loading={reset.isPending} onClick={() => void inherit()}>
                  {t('hours.inherit')}
                </Button>
              ) : null}
            </div>
          )}
        </div>
        {readOnly ? (
          <Alert color="gray" variant="light" icon={<IconEye />} py="xs" radius={0}>
            {t('hours.readOnly')}
          </Alert>
        ) : null}
        {week.own ? null : (
          <div className={classes.note}>
            <IconLink size={18} stroke={1.7} aria-hidden />
            <span>{t('hours.inherited', { name: parent })}</span>
            {readOnly ? null : (
              <Button size="xs" variant="default" onClick={week.makeOwn}>
                {t('hours.makeOwn')}
              </Button>
            )}
          </div>
        )}
        {fixed || intervals.length ? null : (
          <div className={classes.note}>
            <IconCalendarWeek size={18} stroke={1.7} aria-hidden />
            <span>{t('hours.begin')}</span>
            {usual.slice(0, -1).map((preset, n) => (
              <Button key={preset.key} size="xs" variant="default" onClick={() => apply(n)}>
                <span>
                  {presetText(lang, preset).days} <bdi className="ltr">{presetText(lang, preset).times}</bdi>
                </span>
              </Button>
            ))}
          </div>
        )}
        {week.newer ? (
          <Alert color="yellow" variant="light" icon={<IconUsers />} radius={0} role="alert" title={t('hours.conflict.title')}>
            <Text size="sm">
              {elsewhere ? t('form.conflict.fields', { fields: elsewhere }) : t('form.conflict.other')} {t('hours.conflict.keep')}
            </Text>
            <Button mt="sm" size="xs" variant="default" onClick={week.loadNewer}>
              {t('form.conflict.load')}
            </Button>
          </Alert>
        ) : null}
        {[...week.mine.keys()].map((day) => (
          <Alert key={day} color="yellow" variant="light" py="xs" radius={0}>
            <div className={classes.between}>
              <span>{t('hours.conflict.mine', { day: weekdayName(lang, day) })}</span>
              <Button size="xs" variant="default" onClick={() => week.useMine(day)}>
                {t('form.conflict.useMine')}
              </Button>
            </div>
          </Alert>
        ))}
        {refusal || wrong.length ? (
          <Alert color="red" role="alert" py="xs" radius={0}>
            {refusal}
            {wrong.length ? (
              <ul className={classes.wrong}>
                {wrong.map((i) => (
                  <li key={i.id}>
                    {spoken(t, lang, i)}: {problems.get(i.id)}
                  </li>
                ))}
              </ul>
            ) : null}
          </Alert>
        ) : null}
        <WeekGrid
          days={weekFrom(firstWeekday(practice.country))}
          axis={axis}
          intervals={intervals}
          problems={problems}
          readOnly={fixed}
          onChange={change}
        />
      </div>
      {foot({
        dirty: week.dirty && !readOnly,
        busy,
        blocked: !!week.newer || overlapping(intervals).size > 0,
        onSave: () => void send(week.base.owner, intervals, week.base.version),
        onDiscard: () => {
          setRefused(new Map());
          setRefusal(undefined);
          week.discard();
        },
      })}
    </>
  );
}
