// Codes of an authenticator app, as RFC 6238 has them: what the telephone does in life.
import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_S = 30;

function fromBase32(text) {
  const bits = [...text.replace(/=+$/, '').toUpperCase()].map((c) => ALPHABET.indexOf(c).toString(2).padStart(5, '0')).join('');
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

/** The code of a secret; `ahead` steps from now. */
function totp(secret, ahead = 0, now = Date.now()) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 1000 / STEP_S) + ahead));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = mac.at(-1) & 0xf;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** How long a code must still be taken when it is read off: slow machines type slowly. */
const TYPING_S = 15;

/**
 * An app on a telephone, read off by somebody who knows that the server takes each code once, and those of the
 * neighbouring steps as well: every call waits for the first code that is new and stays good long enough.
 */
export function authenticator(secret) {
  let used = 0;
  return async function next() {
    for (;;) {
      const present = Math.floor(Date.now() / 1000 / STEP_S);
      const ahead = [-1, 0, 1].find((ahead) => present + ahead > used && (present + ahead + 2) * STEP_S - Date.now() / 1000 > TYPING_S);
      if (ahead !== undefined) {
        used = present + ahead;
        return totp(secret, ahead);
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  };
}
