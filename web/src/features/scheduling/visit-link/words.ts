import { ApiProblem } from '@/shared/api/problem';
import { useLang } from '@/shared/i18n';
import { errorText } from '@/shared/i18n/errors';

/** What to tell a patient about a refusal: in words for them where the practice's own people read others. */
export function useRefusalText() {
  const words = useLang();
  return (error: unknown) => (error instanceof ApiProblem ? words.lookup(`visitLink.problem.${error.problem.code}`) : undefined) ?? errorText(words, error);
}
