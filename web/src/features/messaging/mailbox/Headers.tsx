import { Button } from '@mantine/core';
import { IconMailOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useLang } from '@/shared/i18n';
import { headersQuery } from './api';
import classes from './Mailbox.module.css';

/** What a program for mail makes of an e-mail besides its text: where answers go, and how one gets no more of it. */
export function Headers({ id }: { id: string }) {
  const { t } = useLang();
  const headers = useQuery(headersQuery(id)).data;
  if (!headers) return null;
  return (
    <section className={classes.headers} aria-labelledby="mail-headers">
      <h3 id="mail-headers">{t('messages.mailbox.headers')}</h3>
      {headers.items.length ? (
        <>
          <p>{t('messages.mailbox.headersText')}</p>
          <dl dir="ltr">
            {headers.items.map(({ name, value }) => (
              <div key={name} data-header={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </>
      ) : null}
      {headers.unsubscribeUrl ? (
        <>
          <Button component="a" href={headers.unsubscribeUrl} target="_blank" rel="noreferrer" variant="default" leftSection={<IconMailOff size={16} />}>
            {t('messages.mailbox.unsubscribe')}
          </Button>
          <p>{t('messages.mailbox.unsubscribeHint')}</p>
        </>
      ) : (
        <p>{t('messages.mailbox.headersNone')}</p>
      )}
    </section>
  );
}
