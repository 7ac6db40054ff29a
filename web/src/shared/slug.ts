const SHORTEST = 3;
const LONGEST = 40;

/** Arabic letters by sound, good enough to suggest an address that people recognise; they can change it. */
const ARABIC: Record<string, string> = {
  ا: 'a', أ: 'a', إ: 'i', آ: 'a', ٱ: 'a', ب: 'b', ت: 't', ث: 'th', ج: 'j', ح: 'h', خ: 'kh', د: 'd', ذ: 'dh', ر: 'r', ز: 'z',
  س: 's', ش: 'sh', ص: 's', ض: 'd', ط: 't', ظ: 'z', ع: 'a', غ: 'gh', ف: 'f', ق: 'q', ك: 'k', ل: 'l', م: 'm', ن: 'n', ه: 'h',
  ة: 'a', و: 'w', ؤ: 'w', ي: 'y', ئ: 'y', ى: 'a', ء: '',
};

/** "Alpha Dental Center" → "alpha-dental-center": the practice's address, from its name. */
export function suggestSlug(name: string): string {
  const latin = [...name.normalize('NFKD')].map((c) => ARABIC[c] ?? c).join('');
  const words = latin
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  // an address begins with a letter
  const named = /^\d/.test(words) ? `clinic-${words}` : words;
  if (named.length <= LONGEST) return named;
  // cut at a word's end where there is one
  const cut = named.slice(0, LONGEST + 1);
  const end = cut.lastIndexOf('-');
  return end > LONGEST / 2 ? cut.slice(0, end) : cut.slice(0, LONGEST);
}

export const isSlug = (slug: string) => slug.length >= SHORTEST && slug.length <= LONGEST && /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(slug);
