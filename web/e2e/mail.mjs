// Mails as the demo prints them, from its output: VANTAGE_LOG=file
import fs from 'node:fs';

const RULE = '-'.repeat(80);
const PATIENCE_MS = 15_000;

const mailsTo = (to) =>
  fs
    .readFileSync(process.env.VANTAGE_LOG, 'utf8')
    .split(`${RULE}\n`)
    .filter((mail) => mail.startsWith('Mail kept') && mail.split('\n')[0].endsWith(`, to ${to}`));

/** How many mails that person has, so that the next one can be told from them. */
export const countMails = (to) => mailsTo(to).length;

/** The link to `path` in the newest mail to that person, once there are more than `known`. */
export async function mailedLink(to, path, known = 0) {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const mails = mailsTo(to);
    const link = mails.length > known ? mails.at(-1).match(new RegExp(`\\S+${path}#\\S+`))?.[0] : undefined;
    if (link) return link;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`no mail to ${to} with a link to ${path}`);
}
