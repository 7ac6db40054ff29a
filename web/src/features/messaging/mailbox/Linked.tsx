import { piecesOf } from './links';
import classes from './Mailbox.module.css';

/** A text whose links can be followed, as where it is read. */
export function Linked({ text }: { text: string }) {
  return piecesOf(text).map((piece, i) =>
    piece.href ? (
      <a key={i} href={piece.href} target="_blank" rel="noreferrer" className={classes.link}>
        <bdi className="ltr">{piece.text}</bdi>
      </a>
    ) : (
      piece.text
    ),
  );
}
