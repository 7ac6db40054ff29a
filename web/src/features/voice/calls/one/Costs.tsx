import { useLang } from '@/shared/i18n';
import { formatNumber } from '@/shared/i18n/format';
import type { CallDetail } from '../api';
import classes from '../Calls.module.css';
import { plainWord, useCallWords } from '../words';
import own from './One.module.css';

/** What was used, by name: seconds, tokens, characters. */
export function usedOf(costs: unknown): [what: string, much: number][] {
  if (!costs || typeof costs !== 'object') return [];
  return Object.entries(costs).filter((entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] > 0);
}

/** What a call cost, and what for. */
export function Costs({ call }: { call: CallDetail }) {
  const { t, lang, lookup } = useLang();
  const words = useCallWords();
  const used = usedOf(call.costs);
  if (!used.length && !call.costMicros) return null;
  return (
    <section className={`${classes.card} ${own.box}`} aria-labelledby="costs">
      <h2 id="costs">{t('calls.costs')}</h2>
      <dl className={classes.facts}>
        {used.map(([what, much]) => (
          <div key={what}>
            <dt>{lookup(`calls.used.${what}`) ?? <bdi className="ltr">{plainWord(what)}</bdi>}</dt>
            <dd className="tnum">{formatNumber(lang, much)}</dd>
          </div>
        ))}
        <div>
          <dt>{t('calls.costs.all')}</dt>
          <dd>
            <bdi className="ltr">{words.cost(call.costMicros)}</bdi>
          </dd>
        </div>
      </dl>
    </section>
  );
}
