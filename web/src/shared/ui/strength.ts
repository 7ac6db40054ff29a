export type Strength = 'short' | 'weak' | 'fair' | 'strong';

/** The server's own limit. */
export const SHORTEST_PASSWORD = 10;

/** What is easily guessed because it stands on every such list, or on the keyboard in a row. */
const USUAL = ['password', 'passwort', 'qwerty', 'azerty', 'letmein', 'welcome', 'iloveyou', 'admin', 'abc123', 'clinic', 'dental', 'vantage', 'كلمةسر', 'كلمةالسر', 'مرحبا'];
const ROWS = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
const flat = (text: string) => text.toLowerCase().replace(/[\s\-_.]+/g, '');

/** How many characters add something: repeats and rows of the keyboard or alphabet hardly do. */
function worth(password: string): number {
  const signs = [...password.toLowerCase()];
  let count = 0;
  signs.forEach((sign, i) => {
    const pair = (signs[i - 1] ?? '') + sign;
    const follows = i > 0 && (signs[i - 1] === sign || ROWS.some((row) => row.includes(pair) || [...row].reverse().join('').includes(pair)));
    count += follows ? 0.25 : 1;
  });
  return Math.min(count, new Set(signs).size * 2);
}

/**
 * A hint while typing and no more: the server decides, and it also knows the passwords that have leaked.
 * `avoid` is what others know about the person: their e-mail, their practice.
 */
export function strengthOf(password: string, avoid: readonly string[] = []): Strength {
  if ([...password].length < SHORTEST_PASSWORD) return 'short';
  const bare = flat(password);
  const known = [...USUAL, ...avoid.flatMap((text) => text.split('@')).map(flat).filter((word) => word.length >= 4)];
  // the longest first: what is within it goes with it
  known.sort((a, b) => b.length - a.length);
  const rest = known.reduce((text, word) => text.replaceAll(word, '*'), bare);
  const score = worth(rest.length < bare.length ? rest : password);
  const words = password.trim().split(/\s+/).length;
  if (score < 8) return 'weak';
  return score >= 13 || (score >= 11 && words >= 3) ? 'strong' : 'fair';
}
