import { expect, it } from 'vitest';
import { translator } from '@/shared/i18n';
import automation from '@/shared/i18n/automation.en.json';
import everyday from '@/shared/i18n/en.json';
import type { Blocks, Field } from './blocks';
import type { Definition, Step } from './definition';
import { errorText } from './runs/errorText';
import { action } from './samples.fixture';
import type { NameOf } from './useRefs';
import { wordsOf } from './useWords';

const field = (key: string, more: Partial<Field> = {}): Field => ({ key, kind: 'text', required: false, many: false, sensitive: false, sample: null, ...more });
const fields = [field('status'), field('start', { kind: 'instant' }), field('provider', { kind: 'object' }), field('provider.name'), field('patient', { kind: 'object' }), field('patient.status'), field('patient.fullName'), field('patient.tags', { kind: 'ref', of: 'tag', many: true }), field('patient.tagIds', { kind: 'ref', of: 'tag', many: true })];
const blocks: Blocks = {
  subjects: [{ name: 'appointment', permission: '', find: true, dates: [], fields }],
  triggers: [{ event: 'appointment.booked', subject: 'appointment' }],
  actions: [
    { name: 'tag.add', available: true, permission: '', gives: [], fields: [field('tagId', { kind: 'ref', of: 'tag', required: true })] },
    { name: 'records.find', available: true, permission: '', gives: [field('items', { kind: 'list' })], fields: [] },
  ],
  recipes: [],
};
const texts = translator('en', { ...everyday, ...automation });
const gone = '01a1fe48-1891-756b-aab2-930c260b1d02';
const names: NameOf = (of, id) => (of === 'tag' ? (id === 't1' ? 'VIP' : null) : undefined);
const of = (...steps: Step[]) => {
  const definition: Definition = { trigger: { kind: 'event', event: 'appointment.booked', condition: null }, steps };
  return wordsOf({ ...texts, lang: 'en', timeZone: 'Asia/Riyadh', blocks, definition, refName: names });
};

it('says whose it is where two are called the same, and only there', () => {
  const words = of();
  expect(words.variable('appointment.status')).toBe('Appointment: Status');
  expect(words.variable('patient.status')).toBe('Patient: Status');
  expect(words.variable('patient.fullName')).toBe('Full name');
  expect(words.condition({ and: [{ '==': [{ var: 'patient.status' }, 'lead'] }, { '!!': [{ var: 'appointment.start' }] }] })).toBe('Patient: Status is lead and Start has a value');
});

it('gives everything in a menu a name of its own', () => {
  const keys = ['appointment.status', 'patient.status', 'item.status', 'appointment.provider.name', 'patient.tags', 'patient.tagIds', 'patient.fullName'];
  const said = of().names(keys);
  expect(new Set(said.values()).size).toBe(keys.length);
  expect(said.get('patient.fullName')).toBe('Full name');
  expect(said.get('item.status')).toBe('The item: Status');
  expect(said.get('patient.tags')).toMatch(/^Patient: Tags/);
});

it('numbers steps that are called the same', () => {
  const find = (id: string, name: string | null = null) => action(id, { action: 'records.find', name });
  const words = of(find('a'), find('b'), find('c', 'Those who wait'));
  expect(['a', 'b', 'c'].map((id) => words.variable(`${id}.items`))).toEqual(['Find records (1): Found records', 'Find records (2): Found records', 'Those who wait: Found records']);
});

it('says what was deleted, and no id', () => {
  const step = action('tag1', { fields: { tagId: gone } });
  const words = of(step);
  expect(words.stepDetail(step)).toBe('a deleted tag');
  expect(words.given(blocks.actions[0]!.fields[0], 'tag.add', 't1')).toBe('VIP');
  expect(words.given(undefined, 'tag.add', gone)).toBe('…');
  expect(words.goneIn(step)).toEqual(['a deleted tag']);
  expect(words.goneIn(action('tag2', { fields: { tagId: 't1' } }))).toEqual([]);
});

it('says in words why a run failed', () => {
  const [deleted, known] = [action('tag1', { fields: { tagId: gone } }), action('tag2', { fields: { tagId: 't1' } })];
  const words = of(deleted, known);
  const refused = { code: 'validation.failed', message: "Some fields are not right. /tagId Choose among the practice's tags." };
  expect(errorText(texts, refused, deleted, words)).toBe('It uses a deleted tag. Choose another in the step, publish, and resume the run.');
  expect(errorText(texts, refused, known, words)).toBe('What the step was given is missing, was deleted or is of the wrong form: Tag.');
  expect(errorText(texts, { code: 'webhook.refused', message: 'english' }, known, words)).toBe('The other program did not take the call.');
  expect(errorText(texts, { code: 'loop.list', message: 'english' })).toBe('What it should go through is not a list.');
  expect(errorText(texts, { code: 'run.stopped_as_failed', message: 'Nobody answered' })).toBe('Nobody answered');
  expect(errorText(texts, { code: 'run.stopped_as_failed', message: 'The workflow ended here as failed.' })).toBe('The automation ended it as failed.');
  expect(errorText(texts, { code: 'never.heard_of', message: 'english' })).toBe('english');
});
