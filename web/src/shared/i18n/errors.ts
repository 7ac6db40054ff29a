import { ApiProblem, ConnectionLost, fieldIssues, type FieldIssue } from '@/shared/api/problem';
import { useLang, type Lookup, type T } from './index';

/** What to tell a person about a failure: the catalog's words for the code, else the server's own title. */
export function errorText({ t, lookup }: { t: T; lookup: Lookup }, error: unknown): string {
  if (error instanceof ConnectionLost) return t('problem.connection');
  if (!(error instanceof ApiProblem)) return t('problem.internal');
  const { problem, retryAfterSeconds } = error;
  if (problem.code === 'rate.limited' && retryAfterSeconds) return t('problem.rate.limited.after', { count: Math.ceil(retryAfterSeconds) });
  return lookup(`problem.${problem.code}`) ?? (problem.title || t('problem.internal'));
}

export const issueText = ({ lookup }: { lookup: Lookup }, issue: Pick<FieldIssue, 'code' | 'message'>): string => lookup(`field.${issue.code}`) ?? issue.message;

/**
 * Splits a refusal into messages beside the fields a form has and one message for the form as a whole. A field may be
 * a member (`price`) or a part of one (`address.city`). The message for the whole is missing when every issue found its
 * field.
 */
export function formErrors<F extends string>(words: { t: T; lookup: Lookup }, error: unknown, fields: readonly F[]) {
  const byField: Partial<Record<F, string>> = {};
  let rest = 0;
  const issues = error instanceof ApiProblem ? fieldIssues(error.problem) : [];
  for (const issue of issues) {
    const field = fields.find((f) => f === issue.path) ?? fields.find((f) => f === issue.field);
    if (!field) rest++;
    else byField[field] ??= issueText(words, issue);
  }
  const whole = issues.length === 0 || rest > 0 ? errorText(words, error) : undefined;
  return { byField, whole };
}

export function useErrorText() {
  const words = useLang();
  return (error: unknown) => errorText(words, error);
}
