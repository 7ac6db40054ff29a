import { Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import type { Case } from '../cases/api';
import classes from './Case.module.css';

/** Since when there is the case and when it was changed; who did and saw what stands in the ledger. */
export function HistoryCard({ one }: { one: Case }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const mayAudit = useCan()('audit.read');
  const at = (instant: string) => formatDateTime(lang, timeZone, instant);
  return (
    <section className={classes.card} aria-labelledby="case-history">
      <div className={classes.cardHead}>
        <Title order={2} id="case-history">
          {t('cases.card.history')}
        </Title>
      </div>
      <ul className={classes.history}>
        <li className="tnum">{t('cases.enteredAt', { date: at(one.createdAt) })}</li>
        {one.version > 1 ? <li className="tnum">{t('form.updatedAt', { date: at(one.updatedAt) })}</li> : null}
        {mayAudit ? (
          <li>
            <Link to="/settings/audit" search={{ resource: 'case', record: one.id }}>
              {t('cases.audit')}
            </Link>
          </li>
        ) : null}
      </ul>
    </section>
  );
}
