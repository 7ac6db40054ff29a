import { useMemo } from 'react';
import { dirOf, type Lang, type Lookup, type T, useLang } from '@/shared/i18n';
import { formatDateTime, formatDayShort, formatNumber, weekdayName } from '@/shared/i18n/format';
import { useSession } from '@/shared/auth/session';
import { actionOf, type Blocks, type Field, humanised } from './blocks';
import { celOf, type Group, isGroup, read, takesValue, type Test } from './conditions';
import type { Condition, Definition, Path, Step, Trigger, Wait } from './definition';
import type { NameOf } from './useRefs';
import { allSteps, findStep } from './tree';
import { atStart, pickable, piecesOf, variableIn } from './variables';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const HOUR = 60;
const DAY = 24 * HOUR;

/** `2880` → 2 days: in the largest unit that comes out even. */
export function span(minutes: number): { count: number; unit: 'minutes' | 'hours' | 'days' } {
  const whole = Math.abs(minutes);
  if (whole && whole % DAY === 0) return { count: whole / DAY, unit: 'days' };
  if (whole && whole % HOUR === 0) return { count: whole / HOUR, unit: 'hours' };
  return { count: whole, unit: 'minutes' };
}

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

type Context = { t: T; lookup: Lookup; lang: Lang; timeZone: string; blocks: Blocks | undefined; definition: Definition | undefined; refName: NameOf };

/** What people read of workflows: names of blocks are the catalogs', by what the areas call them. */
export function wordsOf({ t, lookup, lang, timeZone, blocks, definition, refName }: Context) {
  const inTurn = (parts: string[]) => parts.join(lang === 'ar' ? '، ' : ', ');
  const block = (name: string) => lookup(`block.${name}`) ?? humanised(name);
  /** What a block does or is, in a sentence. */
  const about = (name: string) => lookup(`block.${name}.about`);
  function field(owner: string, key: string): string {
    const own = lookup(`block.${owner}.${key}`);
    if (own) return own;
    const at = key.lastIndexOf('.');
    if (at < 0) return lookup(`block.field.${key}`) ?? humanised(key);
    // `service.name`: the service, and of it the name; its id is the service itself
    const [parent, last] = [field(owner, key.slice(0, at)), key.slice(at + 1)];
    return last === 'id' ? parent : `${parent}: ${field(owner, last)}`;
  }
  const choice = (owner: string, key: string, value: string) => lookup(`block.${owner}.${key}.${value}`) ?? (key === 'role' ? lookup(`role.${value}`) : undefined) ?? lookup(`block.choice.${value}`) ?? humanised(value);
  const minutes = (value: number) => {
    const { count, unit } = span(value);
    return t(`unit.${unit}`, { count });
  };
  const stepOf = (id: string) => (definition ? findStep(definition, id) : undefined);

  /** Where variables come from, in words. */
  function source(head: string): string {
    const step = stepOf(head);
    if (step) return numbered(step);
    return lookup(`workflows.source.${head}`) ?? block(head);
  }
  /** `patient.givenName` → First name: what stands under its source. */
  function member(path: string): string {
    const [head = '', ...rest] = path.split('.');
    const step = stepOf(head);
    const owner = step?.kind === 'action' ? step.action : step ? `step.${step.kind}` : head;
    // the record itself
    if (!step && rest.length === 1 && rest[0] === 'id' && head !== 'item') return block(head);
    return rest.length ? field(owner, rest.join('.')) : source(head);
  }
  /** A step by its title; those that are called the same, by their place among them as well. */
  function numbered(step: Step): string {
    const title = stepTitle(step);
    const alike = steps().filter((one) => stepTitle(one) === title);
    return alike.length > 1 ? `${title} (${formatNumber(lang, alike.findIndex(({ id }) => id === step.id) + 1)})` : title;
  }
  /** With whose it is. */
  function whole(path: string): string {
    const whose = source(path.split('.')[0]!);
    if (!path.includes('.')) return whose;
    return lang === 'ar' ? `${member(path)} (${whose})` : `${whose}: ${member(path)}`;
  }

  /** What to call each of them so that no two are called the same: by itself, with whose it is, or else with its key. */
  function names(paths: readonly string[]): ReadonlyMap<string, string> {
    const said = new Map(paths.map((path) => [path, member(path)]));
    for (const closer of [whole, (path: string) => `${whole(path)} (\u2066${path.slice(path.indexOf('.') + 1)}\u2069)`]) {
      const times = new Map<string, number>();
      for (const name of said.values()) times.set(name, (times.get(name) ?? 0) + 1);
      for (const [path, name] of said) if (times.get(name)! > 1) said.set(path, closer(path));
    }
    return said;
  }
  let known: ReadonlyMap<string, string> | undefined;
  /** All that the workflow begins with, each by a name of its own. */
  const inAll = () => (known ??= names(definition ? pickable(atStart(blocks, definition)).map(({ key }) => key) : []));

  function variable(path: string): string {
    const [head = '', ...rest] = path.split('.');
    if (!rest.length) return source(head);
    // what there is but one of needs no word on whose it is
    const always = head === 'practice' || head === 'event' || head === 'item' || !!stepOf(head);
    return always ? whole(path) : (inAll().get(path) ?? member(path));
  }
  const text = (value: string) => piecesOf(value).map((piece) => ('text' in piece ? piece.text : `‹${variable(piece.path)}›`)).join('');

  /** What is no longer there. */
  const gone = (of: string | null | undefined) => lookup(`workflows.gone.${of}`) ?? t('workflows.gone');
  /** What a step is given that is no longer there: a deleted tag. */
  const goneIn = (step: Step): string[] => {
    if (step.kind !== 'action') return [];
    const refs = (actionOf(blocks, step)?.fields ?? []).filter(({ kind }) => kind === 'ref');
    const missing = refs.filter(({ key, of }) => [step.fields[key]].flat().some((id) => typeof id === 'string' && !variableIn(id) && refName(of ?? '', id) === null));
    return [...new Set(missing.map(({ of }) => gone(of)))];
  };

  /** A value that a field was given. */
  function given(declared: Field | undefined, owner: string, value: unknown): string {
    if (value === null || value === undefined || value === '') return '';
    if (Array.isArray(value)) return inTurn(value.map((one) => given(declared, owner, one)));
    const path = variableIn(value);
    if (path) return variable(path);
    if (typeof value === 'boolean') return t(value ? 'workflows.yes' : 'workflows.no');
    if (declared?.kind === 'minutes' && typeof value === 'number') return minutes(value);
    if (typeof value === 'number') return formatNumber(lang, value);
    if (typeof value !== 'string') return '';
    if (declared?.kind === 'ref' || UUID.test(value)) {
      const name = refName(declared?.of ?? '', value);
      return name ?? (name === null ? gone(declared?.of) : '…');
    }
    if (declared?.kind === 'choice') return choice(owner, declared.key, value);
    if (owner === 'records.find' && declared?.key === 'subject') return block(value);
    if (/^\d{4}-\d\d-\d\d$/.test(value)) return formatDayShort(lang, value);
    if (/^\d{4}-\d\d-\d\dT.*Z$/.test(value)) return formatDateTime(lang, timeZone, value);
    return text(value);
  }

  const fieldAt = (path: string): Field | undefined => {
    const [head = '', ...rest] = path.split('.');
    return blocks?.subjects.find((one) => one.name === head)?.fields.find((one) => one.key === rest.join('.')) ?? actionOf(blocks, stepOf(head) ?? ({} as Step))?.gives.find((one) => one.key === rest.join('.'));
  };

  function testText({ field: path, op, value }: Test): string {
    const name = variable(path);
    const said = takesValue(op) ? given(fieldAt(path), path.split('.')[0] ?? '', value) || '…' : '';
    return t(`workflows.says.${op}`, { field: name, value: said });
  }
  function groupText(group: Group): string {
    const parts = group.items.map((item) => (isGroup(item) ? `(${groupText(item)})` : testText(item)));
    const joint = t(group.join === 'all' ? 'workflows.and' : 'workflows.or');
    // the Arabic word for and is written at the word behind it
    return parts.join(lang === 'ar' ? `، ${joint}${group.join === 'all' ? '' : ' '}` : ` ${joint} `);
  }
  function condition(value: Condition | undefined): string {
    const group = read(value);
    if (group) return groupText(group);
    return celOf(value) ?? t('workflows.condition.own');
  }

  function offset(offsetMinutes: number, subject: string, date: string): string {
    const at = lookup(`block.${subject}.${date}.at`) ?? `${block(subject)}: ${field(subject, date)}`;
    if (!offsetMinutes) return t('workflows.at', { date: at });
    return t(offsetMinutes < 0 ? 'workflows.before' : 'workflows.after', { time: minutes(offsetMinutes), date: at });
  }

  function trigger(of: Trigger | null | undefined): string {
    switch (of?.kind) {
      case 'event':
        return block(of.event);
      case 'date':
        return offset(of.offsetMinutes, of.subject, of.date);
      case 'schedule': {
        const days = (of.weekdays ?? []).map((day) => weekdayName(lang, weekdays.indexOf(day as (typeof weekdays)[number]) + 1, 'short'));
        return t(`workflows.schedule.${of.every}`, { at: `\u2066${of.at}\u2069`, days: inTurn(days), day: of.day ?? 1 });
      }
      case 'webhook':
        return t('workflows.trigger.webhook');
      case 'hand':
        return of.subject ? t('workflows.trigger.hand.of', { subject: block(of.subject) }) : t('workflows.trigger.hand');
      default:
        return t('workflows.trigger.none');
    }
  }

  /** The same of what lists know of it. */
  function brief(of: { kind: string; event?: string | null; subject?: string | null } | null | undefined): string {
    if (of?.kind === 'event') return block(of.event ?? '');
    if (of?.kind === 'date') return t('workflows.trigger.dateOf', { subject: block(of.subject ?? '') });
    if (of?.kind === 'schedule') return t('workflows.trigger.kind.schedule');
    return trigger(of as Trigger | null);
  }

  function wait(of: Wait): string {
    if (of.for === 'duration') return t('workflows.wait.for', { time: minutes(of.minutes) });
    if (of.for === 'event') return t('workflows.wait.event', { event: block(of.event) });
    const [head = '', ...rest] = of.date.split('.');
    return of.date ? t('workflows.wait.until', { when: offset(of.offsetMinutes, head, rest.join('.')) }) : t('workflows.wait.date');
  }

  /** What a step is called: by whoever named it, else by what it does. */
  function stepTitle(step: Step): string {
    if (step.name) return step.name;
    switch (step.kind) {
      case 'action':
        return block(step.action);
      case 'branch':
        return t('workflows.step.branch');
      case 'loop':
        return t('workflows.step.loop');
      case 'wait':
        return wait(step.wait);
      case 'stop':
        return t(`workflows.step.stop.${step.outcome}`);
    }
  }

  /** One line on how it does that. */
  function stepDetail(step: Step): string {
    switch (step.kind) {
      case 'action': {
        const declared = actionOf(blocks, step)?.fields ?? [];
        const said = declared.filter(({ kind, of }) => !(kind === 'ref' && of === 'patient')).map((one) => given(one, step.action, step.fields[one.key]));
        const told = said.filter(Boolean).slice(0, 2);
        return step.name ? [block(step.action), ...told].join(' · ') : told.join(' · ');
      }
      case 'branch':
        return t('workflows.paths', { count: step.paths.length + 1 });
      case 'loop':
        return step.list ? variable(step.list) : t('workflows.loop.none');
      case 'wait':
        return step.wait.for === 'event' ? t('workflows.wait.atMost', { time: minutes(step.wait.timeoutMinutes) }) : step.within && step.within !== 'any' ? t(`workflows.within.${step.within}`) : step.name ? wait(step.wait) : '';
      case 'stop':
        return step.message ? text(step.message) : '';
    }
  }

  function laneTitle(of: Step, path: Path | null): string {
    if (of.kind === 'loop') return t('workflows.lane.each');
    if (!path) return t('workflows.lane.otherwise');
    return path.name || (path.condition ? condition(path.condition) : t('workflows.lane.open'));
  }

  /** What a block says of one of its fields. */
  const declared = (owner: string, key: string): Field | undefined => {
    const action = blocks?.actions.find((one) => one.name === owner);
    return [...(action?.fields ?? []), ...(action?.gives ?? []), ...(blocks?.subjects.find((one) => one.name === owner)?.fields ?? [])].find((one) => one.key === key);
  };
  const kindOf = (step: Step) => t(`workflows.kind.${step.kind}`);
  const steps = () => (definition ? allSteps(definition.steps) : []);
  return { block, about, field, choice, minutes, source, member, variable, text, given, condition, offset, trigger, brief, wait, names, gone, goneIn, stepTitle, stepDetail, laneTitle, kindOf, declared, steps, inTurn, dir: dirOf(lang) };
}

export type Words = ReturnType<typeof wordsOf>;

const unknown: NameOf = () => undefined;

/** The words for one workflow, whose steps name what they give; `refName` says what the practice's own things are called. */
export function useWords(blocks: Blocks | undefined, definition?: Definition, refName: NameOf = unknown): Words {
  const { t, lookup, lang } = useLang();
  const { timeZone } = useSession().practice;
  return useMemo(() => wordsOf({ t, lookup, lang, timeZone, blocks, definition, refName }), [t, lookup, lang, timeZone, blocks, definition, refName]);
}
