import type { Message } from './api';
import { directionOf } from './direction';
import { lineOf } from './words';

/** A message on one line, in the direction of most of its words: what is cut is its end, whatever it begins with. */
export function Line({ of }: { of: Pick<Message, 'subject' | 'text' | 'language'> }) {
  return (
    <bdi className="cut" dir={directionOf(lineOf(of), of.language)}>
      {lineOf(of)}
    </bdi>
  );
}
