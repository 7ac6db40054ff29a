/** Letters and digits only: what was heard is compared, and not how it was written down. */
const plain = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();

/** The line that words were heard in: the last one, as what is said later counts. Undefined where no line has them. */
export function lineOfQuote(lines: readonly { seq: number; text: string }[], quote: string): number | undefined {
  const words = plain(quote);
  return words ? lines.findLast(({ text }) => ` ${plain(text)} `.includes(` ${words} `))?.seq : undefined;
}
