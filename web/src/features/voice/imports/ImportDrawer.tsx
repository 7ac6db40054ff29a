import { Alert, Button, FileButton, Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconUpload } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type DragEvent, useEffect, useRef, useState } from 'react';
import { uuid } from '@/shared/api/uuid';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatNumber } from '@/shared/i18n/format';
import { Failed } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import type { CallWorkflow } from '../api';
import { type CaseImport, importQuery, isBusy, useGiveFile } from './api';
import classes from './Imports.module.css';
import { Report } from './Report';

type Props = {
  workflow: CallWorkflow;
  /** `new` while no file was given yet. */
  id: string;
  onOpen: (id: string) => void;
  onClose: () => void;
};

/** Cases from a file: given, tried without entering anything, entered. */
export function ImportDrawer({ workflow, id, onOpen, onClose }: Props) {
  const { t } = useLang();
  return (
    <SideDrawer title={t('caseImports.title')} onClose={onClose} wide>
      {id === 'new' ? <Give workflow={workflow} onGiven={(made) => onOpen(made.id)} /> : <Loaded workflow={workflow} id={id} onClose={onClose} onAgain={() => onOpen('new')} />}
    </SideDrawer>
  );
}

/** Takes a file, chosen or dropped. */
function Give({ workflow, onGiven }: { workflow: CallWorkflow; onGiven: (made: CaseImport) => void }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const give = useGiveFile(workflow.id);
  const sent = useRef<{ file?: File; key: string }>({ key: '' });
  const [over, setOver] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const take = async (file: File | null | undefined) => {
    if (!file) return;
    if (sent.current.file !== file) sent.current = { file, key: uuid() };
    setRefusal(undefined);
    try {
      onGiven(await give.mutateAsync({ file, key: sent.current.key }));
    } catch (error) {
      setRefusal(textOf(error));
    }
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };
  return (
    <div className={classes.steps}>
      <div
        className={classes.drop}
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
      >
        <IconUpload size={26} stroke={1.6} aria-hidden />
        <p>{t('caseImports.drop')}</p>
        <FileButton onChange={(file) => void take(file)} accept=".csv,.tsv,.txt,.xlsx" inputProps={{ 'aria-label': t('caseImports.choose') }}>
          {(props) => (
            <Button {...props} loading={give.isPending} data-autofocus>
              {t('caseImports.choose')}
            </Button>
          )}
        </FileButton>
        <small>{t('caseImports.limits')}</small>
      </div>
      {refusal ? (
        <Alert color="red" role="alert" py="xs">
          {refusal}
        </Alert>
      ) : null}
      <p className={classes.hint}>{t('caseImports.hint')}</p>
    </div>
  );
}

function Loaded({ workflow, id, onClose, onAgain }: { workflow: CallWorkflow; id: string; onClose: () => void; onAgain: () => void }) {
  const { t } = useLang();
  const client = useQueryClient();
  const found = useQuery(importQuery(id));
  const one = found.data;
  const entered = one?.state === 'entered' && !isBusy(one);
  // the list behind has them now
  useEffect(() => {
    if (entered) for (const topic of ['case', 'call_workflow']) void client.invalidateQueries({ queryKey: [topic] });
  }, [entered, client]);
  if (!one) return found.error ? <Failed error={found.error} retry={() => void found.refetch()} /> : <Skeleton h={220} />;
  if (isBusy(one)) return <Working one={one} />;
  return (
    <div className={classes.steps}>
      {one.job?.state === 'failed' ? (
        <Alert color="amber" variant="light" icon={<IconAlertTriangle />} title={t('caseImports.failed')}>
          {t('caseImports.failedText')}
        </Alert>
      ) : null}
      <Report workflow={workflow} one={one} onClose={onClose} onAgain={onAgain} />
    </div>
  );
}

function Working({ one }: { one: CaseImport }) {
  const { t, lang } = useLang();
  const { done = 0, total } = one.job ?? {};
  return (
    <section className={classes.steps} aria-live="polite">
      <b>{t('caseImports.working')}</b>
      <progress className={classes.progress} max={total ?? 1} value={total ? done : 0} aria-label={t('caseImports.working')} />
      <span className="tnum">{total ? t('caseImports.doneOf', { done: formatNumber(lang, done), total: formatNumber(lang, total) }) : ''}</span>
    </section>
  );
}
