import type { T } from '@/shared/i18n';
import type { Step } from '../definition';
import type { Words } from '../useWords';

type Catalog = { t: T; lookup: (id: string) => string | undefined };
type Failure = { code: string; message: string };

/** Codes behind which something that was given to a step may be gone. */
const ABOUT_INPUT = ['validation.failed', 'not_found', 'step.input'];
/** What the server says of a workflow that ended itself without saying why. */
const UNSAID = 'The workflow ended here as failed.';
/** The server names the fields that are at fault by pointers, each before what it says of it: `/tagId Choose among …`. */
const POINTER = /(?:^|\s)\/([A-Za-z]\w*)/g;

/** Why a step or a run failed, in words: what the step used and is gone, which of its fields was wrong, or what the code means. */
export function errorText({ t, lookup }: Catalog, { code, message }: Failure, step?: Step, words?: Words): string {
  if (code === 'run.stopped_as_failed' && message !== UNSAID) return words?.text(message) ?? message;
  if (step?.kind === 'action' && words && ABOUT_INPUT.includes(code)) {
    const gone = words.goneIn(step);
    if (gone.length) return t('workflows.run.uses', { what: words.inTurn(gone) });
    const fields = [...new Set([...message.matchAll(POINTER)].map(([, key]) => words.field(step.action, key!)))];
    if (fields.length) return t('workflows.run.fields', { fields: words.inTurn(fields) });
  }
  return lookup(`workflows.run.problem.${code}`) ?? lookup(`workflows.problem.${code}`) ?? lookup(`problem.${code}`) ?? message;
}
