export type Piece = { text: string; href?: string };

const LINK = /https?:\/\/[^\s<>"]+/g;
/** What ends a sentence, and no link. */
const END = /[.,;:!?)\]،؛؟]+$/;

/** A text in pieces, those that are links with where they lead. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const href = found.replace(END, '');
    if (index > from) pieces.push({ text: text.slice(from, index) });
    pieces.push({ text: href, href });
    from = index + href.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
}
