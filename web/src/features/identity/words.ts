import { useLang } from '@/shared/i18n';
import { errorText } from '@/shared/i18n/errors';
import { alreadyHere, dismissed, PasskeyFailed } from './webauthn';

/** As everywhere, and what the browser says about passkeys in words for people. */
export function useIdentityErrorText() {
  const words = useLang();
  return (error: unknown) => {
    if (dismissed(error)) return words.t('passkey.dismissed');
    if (alreadyHere(error)) return words.t('passkey.alreadyHere');
    if (error instanceof DOMException || error instanceof PasskeyFailed) return words.t('passkey.failed');
    return errorText(words, error);
  };
}
