/** Arabic and Persian digits as their Latin twins; the Arabic decimal sign as a point. */
export const latinDigits = (text: string) =>
  text
    .replace(/[\u0660-\u0669]/g, (d) => String(d.charCodeAt(0) - 0x660))
    .replace(/[\u06f0-\u06f9]/g, (d) => String(d.charCodeAt(0) - 0x6f0))
    .replaceAll('\u066b', '.')
    .replaceAll('\u066c', ',');

/** Only the digits of what was typed: "١٧ / 5" → "175". */
export const digitsOf = (text: string) => latinDigits(text).replace(/\D/g, '');

/** A whole number as it is typed; undefined for anything else. */
export function wholeOf(text: string): number | undefined {
  const plain = latinDigits(text).trim();
  return /^\d{1,6}$/.test(plain) ? Number(plain) : undefined;
}
