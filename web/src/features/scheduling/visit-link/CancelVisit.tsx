import { Alert, Button, Radio, Textarea } from '@mantine/core';
import { useState } from 'react';
import { orNull } from '@/shared/forms/merge';
import { useLang } from '@/shared/i18n';
import { namesOf } from '@/features/practice/services/labels';
import { type Opened, useCancelVisit, type Visit } from './api';
import { Frame } from './Frame';
import classes from './VisitLink.module.css';
import { ended, VisitFacts } from './VisitView';
import { useRefusalText } from './words';

type Props = { opened: Opened; visit: Visit; onBack: () => void; onEnded: (error: unknown) => void };

/** Asks why, and lets them think again. */
export function CancelVisit({ opened, visit, onBack, onEnded }: Props) {
  const { t, lang } = useLang();
  const textOf = useRefusalText();
  const cancel = useCancelVisit(opened);
  const [reason, setReason] = useState('');
  const [note, setNote] = useState('');
  const [missing, setMissing] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const go = async () => {
    if (!reason) return setMissing(true);
    setFailed(undefined);
    try {
      await cancel.mutateAsync({ version: visit.version, reason, note: orNull(note) });
      onBack();
    } catch (error) {
      if (ended(error)) onEnded(error);
      else setFailed(error);
    }
  };
  return (
    <Frame title={t('visitLink.cancelTitle')} practice={visit.practice}>
      <VisitFacts visit={visit} />
      <Radio.Group
        label={t('visitLink.reason')}
        value={reason}
        error={missing ? t('field.required') : undefined}
        onChange={(value) => {
          setReason(value);
          setMissing(false);
        }}
      >
        <div className={classes.reasons}>
          {visit.reasons.map((one) => (
            <Radio key={one.key} value={one.key} size="md" label={<bdi>{namesOf(one, lang).name}</bdi>} />
          ))}
        </div>
      </Radio.Group>
      <Textarea label={t('visitLink.note')} className="ownDirection" size="md" autosize minRows={2} maxRows={6} maxLength={500} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
      {failed ? (
        <Alert color="red" role="alert">
          {textOf(failed)}
        </Alert>
      ) : null}
      <div className={classes.decide}>
        <Button size="lg" fullWidth color="red" loading={cancel.isPending} onClick={() => void go()}>
          {t('visitLink.cancelGo')}
        </Button>
        <Button size="lg" fullWidth variant="subtle" color="gray" onClick={onBack}>
          {t('visitLink.keep')}
        </Button>
      </div>
    </Frame>
  );
}
