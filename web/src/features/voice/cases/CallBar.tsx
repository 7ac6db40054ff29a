import { ActionIcon, Button, Modal } from '@mantine/core';
import { IconPhone, IconX } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { uuid } from '@/shared/api/uuid';
import { useLang } from '@/shared/i18n';
import bar from '@/shared/ui/Bulk.module.css';
import { toast } from '@/shared/ui/toast';
import type { CallWorkflow } from '../api';
import { useStart } from '../calls/api';
import { useCaseTitle } from '../useCaseTitle';
import type { Case } from './api';
import classes from './Cases.module.css';
import { byReason, startAll, type Started } from './start';

type Props = { workflow: CallWorkflow; chosen: Case[]; onClear: () => void };

/** What can be done with the chosen cases together: calling them. */
export function CallBar({ workflow, chosen, onClear }: Props) {
  const { t } = useLang();
  const [asking, setAsking] = useState<Case[]>();
  return (
    <div className={bar.room}>
      <div className={bar.bar} role="region" aria-label={t('cases.chosen.title')}>
        <b role="status">{chosen.length ? t('cases.chosen', { count: chosen.length }) : t('cases.chosen.hint')}</b>
        {chosen.length ? (
          <div className={bar.actions}>
            <Button size="xs" leftSection={<IconPhone size={15} />} onClick={() => setAsking(chosen)}>
              {t('cases.call', { count: chosen.length })}
            </Button>
          </div>
        ) : null}
        <ActionIcon variant="subtle" color="gray" size={32} aria-label={t('cases.chosen.clear')} onClick={onClear}>
          <IconX size={16} />
        </ActionIcon>
      </div>
      {asking ? (
        <CallDialog
          workflow={workflow}
          cases={asking}
          onClose={() => setAsking(undefined)}
          onDone={() => {
            setAsking(undefined);
            onClear();
          }}
        />
      ) : null}
    </div>
  );
}

type DialogProps = { workflow: CallWorkflow; cases: Case[]; onClose: () => void; onDone: () => void };

/** Asks before many are called, and says afterwards who was not, and why. */
function CallDialog({ workflow, cases, onClose, onDone }: DialogProps) {
  const { t } = useLang();
  const start = useStart();
  const [done, setDone] = useState<number>();
  const [result, setResult] = useState<Started>();
  const client = useQueryClient();
  const go = async () => {
    setDone(0);
    const now = await startAll(
      cases.map(({ id }) => id),
      (caseId) => start.mutateAsync({ caseId, transport: 'phone', key: uuid() }),
      setDone,
    );
    void client.invalidateQueries({ queryKey: ['case'] });
    if (now.skipped.length) return setResult(now);
    toast.done(t('cases.called', { count: now.asked }));
    onDone();
  };
  return (
    <Modal opened onClose={result ? onDone : done === undefined ? onClose : () => undefined} size={480} title={result ? t('cases.called', { count: result.asked }) : t('cases.call.title', { count: cases.length })} closeButtonProps={{ 'aria-label': t('action.close') }}>
      {result ? (
        <div className={classes.modal}>
          <p role="status">{t('cases.skipped', { count: result.skipped.length })}</p>
          <Skipped workflow={workflow} cases={cases} skipped={result.skipped} />
          <div className={classes.foot}>
            <Button onClick={onDone} data-autofocus>
              {t('action.done')}
            </Button>
          </div>
        </div>
      ) : (
        <div className={classes.modal}>
          <p>{t('cases.call.text')}</p>
          <p role="status" className="tnum">
            {done === undefined ? '' : t('caseImports.doneOf', { done, total: cases.length })}
          </p>
          <div className={classes.foot}>
            <Button variant="default" disabled={done !== undefined} onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button leftSection={<IconPhone size={16} />} loading={done !== undefined} onClick={() => void go()} data-autofocus>
              {t('cases.call', { count: cases.length })}
            </Button>
          </div>
        </div>
      )}
    </Modal>
  );
}

function Skipped({ workflow, cases, skipped }: { workflow: CallWorkflow; cases: Case[]; skipped: Started['skipped'] }) {
  const { t, lang, lookup } = useLang();
  const titleOf = useCaseTitle();
  const names = (ids: string[]) => new Intl.ListFormat(lang).format(cases.filter((one) => ids.includes(one.id)).map((one) => titleOf(workflow, one)));
  return (
    <ul className={classes.skipped}>
      {byReason(skipped).map(({ code, ids }) => (
        <li key={code}>
          <b>{lookup(`cases.skipped.${code}`) ?? lookup(`problem.${code}`) ?? t('cases.skipped.other')}</b>
          <span>
            <bdi>{names(ids)}</bdi>
          </span>
        </li>
      ))}
    </ul>
  );
}
