import { useLang } from '@/shared/i18n';

/** An action of the platform's ledger in words; one that has none is named as the ledger names it. */
export function useActionText() {
  const { lookup } = useLang();
  return (action: string) => lookup(`console.action.${action}`) ?? action;
}
