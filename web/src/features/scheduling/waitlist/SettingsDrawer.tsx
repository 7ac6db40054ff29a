import { TextInput } from '@mantine/core';
import { RecordDrawer } from '@/shared/forms/RecordDrawer';
import { type Labels, useFields } from '@/shared/forms/useFields';
import { type Issues, useRecordForm } from '@/shared/forms/useRecordForm';
import { useLang } from '@/shared/i18n';
import { wholeOf } from '@/shared/i18n/digits';
import { toast } from '@/shared/ui/toast';
import { useDuration } from '../today/useDuration';
import { type Settings, useSetWaitlist } from './api';
import classes from './Waitlist.module.css';

type Draft = { waveSize: string; waveMinutes: string; lastMinutes: string };

const limits = { waveSize: [1, 20], waveMinutes: [5, 1440], lastMinutes: [0, 10_080] } as const;
const fields = ['waveSize', 'waveMinutes', 'lastMinutes'] as const;
const labels: Labels<Draft> = { waveSize: 'waitlist.rules.waveSize', waveMinutes: 'waitlist.rules.waveMinutes', lastMinutes: 'waitlist.rules.lastMinutes' };
const draftOf = (of: Settings): Draft => ({ waveSize: String(of.waveSize), waveMinutes: String(of.waveMinutes), lastMinutes: String(of.lastMinutes) });

function issuesOf(draft: Draft): Issues<Draft> {
  const found: Issues<Draft> = {};
  for (const field of fields) {
    const [least, most] = limits[field];
    const value = wholeOf(draft[field]);
    if (value === undefined || value < least || value > most) found[field] = { id: 'scheduling.rules.between', params: { least, most } };
  }
  return found;
}

/** How many are asked at once, for how long, and until when. */
export function SettingsDrawer({ loaded, onClose }: { loaded: Settings; onClose: () => void }) {
  const { t } = useLang();
  const durationOf = useDuration();
  const set = useSetWaitlist();
  const record = useRecordForm<Settings & { updatedAt: string }, Draft>({ loaded: loaded as Settings & { updatedAt: string }, empty: draftOf(loaded), draftOf, issues: issuesOf });
  const { base = loaded } = record;
  const { bind } = useFields(record, labels, false);
  const save = async (draft: Draft) => {
    const rules = { mode: base.mode, waveSize: wholeOf(draft.waveSize)!, waveMinutes: wholeOf(draft.waveMinutes)!, lastMinutes: wholeOf(draft.lastMinutes)! };
    await set.mutateAsync({ version: base.version, rules });
    toast.done(t('form.saved'));
    onClose();
  };
  const inWords = (field: 'waveMinutes' | 'lastMinutes') => {
    const value = wholeOf(record.form.values[field]);
    return value !== undefined && value >= 60 ? durationOf(value) : undefined;
  };
  const unit = <span className={classes.hint}>{t('unit.min')}</span>;
  return (
    <RecordDrawer record={record} loaded={loaded as Settings & { updatedAt: string }} labels={labels} title={t('waitlist.rules.title')} name={t('waitlist.rules.title')} readOnly={undefined} busy={set.isPending} save={save} create={t('action.save')} onClose={onClose}>
      <p className={classes.hint}>{t('waitlist.rules.text')}</p>
      <TextInput {...bind('waveSize')} className="ownDirection tnum" inputMode="numeric" maxLength={2} data-autofocus />
      <TextInput {...bind('waveMinutes', inWords('waveMinutes'))} className="ownDirection tnum" inputMode="numeric" maxLength={4} rightSection={unit} rightSectionWidth={56} />
      <TextInput {...bind('lastMinutes', inWords('lastMinutes'))} className="ownDirection tnum" inputMode="numeric" maxLength={5} rightSection={unit} rightSectionWidth={56} />
    </RecordDrawer>
  );
}
