import { Button } from '@mantine/core';
import { IconArrowNarrowRight, IconCheck, IconQuote, IconX } from '@tabler/icons-react';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { type CallDetail, type Finding, useDecide } from './api';
import calls from './Calls.module.css';
import classes from './Findings.module.css';
import { useCallWords } from './words';

/** What nobody has decided about yet; what is the patient's is decided in their record. */
export const openOf = ({ findings }: Pick<CallDetail, 'findings'>) => findings.filter(({ state, target }) => state === 'open' && target === 'case').map(({ key }) => key);

/** Decides about findings of a call, and says so where that is refused. */
export function useDeciding(call: CallDetail) {
  const textOf = useErrorText();
  const decide = useDecide();
  const send = (accept: string[], dismiss: string[]) => decide.mutate({ id: call.id, version: call.version, accept, dismiss }, { onError: (error) => toast.failed(textOf(error)) });
  return { accept: (keys: string[]) => send(keys, []), dismiss: (keys: string[]) => send([], keys), busy: decide.isPending };
}

type Props = { call: CallDetail; onQuote?: ((finding: Finding) => void) | undefined };

/** What a call found out, as a difference to what was known, with the words it was heard in. */
export function Findings({ call, onQuote }: Props) {
  const { t } = useLang();
  const mayDecide = useCan()('calls.review') && call.state === 'ended' && !!call.caseId;
  const deciding = useDeciding(call);
  const open = openOf(call);
  return (
    <section className={calls.part} aria-labelledby="findings">
      <div className={calls.partHead}>
        <h3 id="findings">{t('calls.findings')}</h3>
        {mayDecide && open.length > 1 ? (
          <div className={calls.acts}>
            <Button size="xs" leftSection={<IconCheck size={15} />} loading={deciding.busy} onClick={() => deciding.accept(open)}>
              {t('calls.findings.acceptAll', { count: open.length })}
            </Button>
            <Button size="xs" variant="default" disabled={deciding.busy} onClick={() => deciding.dismiss(open)}>
              {t('calls.findings.dismissAll')}
            </Button>
          </div>
        ) : null}
      </div>
      {call.findings.length ? (
        <ul className={classes.list}>
          {call.findings.map((finding) => (
            <One key={`${finding.target} ${finding.key}`} call={call} finding={finding} first={finding.target === 'case' && finding.key === open[0]} onQuote={onQuote}>
              {mayDecide && finding.state === 'open' && finding.target === 'case' ? <Decide call={call} finding={finding} deciding={deciding} /> : null}
            </One>
          ))}
        </ul>
      ) : (
        <p className={calls.dim}>{t('calls.findings.none')}</p>
      )}
    </section>
  );
}

type OneProps = Props & { finding: Finding; first: boolean; children: React.ReactNode };

function One({ call, finding, first, onQuote, children }: OneProps) {
  const { t } = useLang();
  const words = useCallWords();
  const { key, before, value, quote, state } = finding;
  const [was, is] = [words.value(call, key, before), words.value(call, key, value)];
  return (
    <li className={classes.finding} data-finding={key} data-state={state} data-next={first || undefined}>
      <div className={classes.what}>
        <span className={classes.field}>
          <bdi>{words.field(call, key)}</bdi>
          {finding.target === 'patient' ? <small>{t('calls.findings.ofPatient')}</small> : null}
        </span>
        <span className={classes.change}>
          {was ? (
            <del>
              <bdi>{was}</bdi>
            </del>
          ) : (
            <span className={classes.nothing}>{t('calls.findings.nothing')}</span>
          )}
          <IconArrowNarrowRight size={16} className={classes.arrow} role="img" aria-label={t('calls.findings.becomes')} />
          <ins>
            <bdi>{is || t('calls.findings.nothing')}</bdi>
          </ins>
        </span>
        {quote ? (
          <span className={classes.quote}>
            <IconQuote size={14} aria-hidden />
            {!onQuote ? (
              <q dir="auto">{quote}</q>
            ) : (
              <button type="button" className={classes.toQuote} title={t('calls.findings.toQuote')} onClick={() => onQuote(finding)}>
                <q dir="auto">{quote}</q>
              </button>
            )}
          </span>
        ) : null}
      </div>
      {state === 'open' ? children : <span className={classes.decided}>{t(`calls.finding.${state}`)}</span>}
    </li>
  );
}

function Decide({ call, finding: { key }, deciding }: { call: CallDetail; finding: Finding; deciding: ReturnType<typeof useDeciding> }) {
  const { t } = useLang();
  const field = useCallWords().field(call, key);
  return (
    <div className={calls.acts}>
      <Button size="xs" variant="light" leftSection={<IconCheck size={15} />} aria-label={t('calls.findings.acceptOne', { field })} disabled={deciding.busy} onClick={() => deciding.accept([key])}>
        {t('calls.findings.accept')}
      </Button>
      <Button size="xs" variant="subtle" color="gray" leftSection={<IconX size={15} />} aria-label={t('calls.findings.dismissOne', { field })} disabled={deciding.busy} onClick={() => deciding.dismiss([key])}>
        {t('calls.findings.dismiss')}
      </Button>
    </div>
  );
}
