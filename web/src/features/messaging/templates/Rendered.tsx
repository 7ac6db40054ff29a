import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { showMoney } from '@/shared/i18n/money';
import type { Channel, Rendered as Text, SmsMeasure } from '../api';
import { directionOf } from '../direction';
import { useMessageWords } from '../words';
import classes from './Templates.module.css';

/** What a text becomes for somebody: what they get, its length and price, and what is wrong with it. */
export function Rendered({ channel, text, waits }: { channel: Channel; text: Pick<Text, 'language' | 'subject' | 'text' | 'sms' | 'problems'> | undefined; waits: string }) {
  const { t } = useLang();
  const words = useMessageWords();
  return (
    <>
      {text?.text ? (
        <div className={classes.sample} data-channel={channel} lang={text.language} dir={directionOf(text.text, text.language)}>
          {channel === 'email' ? <b>{text.subject || t('messages.noSubject')}</b> : null}
          <p data-preview>
            {text.text}
          </p>
        </div>
      ) : text?.problems.length ? null : (
        <p className={classes.waits}>{waits}</p>
      )}
      {text?.problems.map((problem) => (
        <Alert key={`${problem.field} ${problem.line} ${problem.column}`} color="yellow" py="xs" icon={<IconAlertTriangle />} role="status" data-problem={problem.code}>
          {words.problem(problem)}
        </Alert>
      ))}
      {text?.text && text.sms ? <Measure sms={text.sms} /> : null}
    </>
  );
}

const MANY = 3;

/** How many text messages it takes, and their price. */
function Measure({ sms }: { sms: SmsMeasure }) {
  const { t, lang } = useLang();
  const { currency } = useSession().practice;
  return (
    <p className={classes.measure} data-parts={sms.parts}>
      <span className="tnum" data-many={sms.parts > MANY || undefined}>
        {t('messages.parts', { count: sms.parts })}
      </span>
      <span className="tnum">{t('messages.sms.units', { count: sms.units })}</span>
      {sms.priceMinor ? <span className="tnum">{showMoney(lang, { amountMinor: sms.priceMinor, currency })}</span> : null}
    </p>
  );
}
