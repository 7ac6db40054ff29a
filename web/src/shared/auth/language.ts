import { setLang } from '@/shared/i18n';
import type { Session } from './session';

let followed: string | undefined;

/** The page speaks the language of whoever is signed in, on any device; also when it was changed elsewhere meanwhile. */
export async function followLanguage({ user }: Session): Promise<void> {
  const said = `${user.id} ${user.language}`;
  if (said === followed) return;
  followed = said;
  await setLang(user.language);
}
