const KEY = 'vantage.callWorkflow';

/** The call workflow that somebody chose last in this browser, by its slug; where storage is forbidden none. */
export function rememberedWorkflow(): string | undefined {
  try {
    return localStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

export function rememberWorkflow(slug: string) {
  try {
    localStorage.setItem(KEY, slug);
  } catch {
    // it holds for this page then
  }
}

type Choosable = { slug: string; enabled: boolean };

/** Which of them is looked at: the one in the address, else the one that was chosen last, else one that is switched on. */
export const chosenOf = <W extends Choosable>(all: readonly W[], asked: string | undefined, remembered: string | undefined): W | undefined =>
  all.find(({ slug }) => slug === asked) ?? all.find(({ slug }) => slug === remembered) ?? all.find(({ enabled }) => enabled) ?? all[0];
