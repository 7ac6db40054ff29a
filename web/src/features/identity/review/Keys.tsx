import { Badge, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDate } from '@/shared/i18n/format';
import page from '@/shared/ui/ListPage.module.css';
import { usePermissionWords } from '../permissions';
import type { ApiKey } from './api';
import { keyMark } from './look';
import classes from './Review.module.css';

/** Programs that can come in, made by whom, and when each last did. */
export function Keys({ keys, now }: { keys: readonly ApiKey[]; now: string }) {
  const { t } = useLang();
  const canOpen = useCan()('api_keys.read');
  return (
    <section className={page.card} aria-labelledby="keys">
      <div className={classes.bar}>
        <Title order={2} fz="md" id="keys">
          {t('review.keys')}
        </Title>
        {canOpen ? (
          <Link to="/settings/api-keys" className={classes.link}>
            {t('review.keysChange')}
          </Link>
        ) : null}
      </div>
      {keys.length ? (
        <ul className={classes.keys}>
          {keys.map((key) => (
            <Key key={key.id} apiKey={key} now={now} />
          ))}
        </ul>
      ) : (
        <Text size="sm" c="var(--text-dim)" className={classes.after}>
          {t('review.noKeys')}
        </Text>
      )}
    </section>
  );
}

function Key({ apiKey, now }: { apiKey: ApiKey; now: string }) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const { sayAll } = usePermissionWords();
  const mark = keyMark(apiKey, now);
  const day = (at: string) => formatDate(lang, practice.timeZone, at);
  const facts = [
    { label: t('review.keyBy'), value: `${apiKey.createdBy.name}${apiKey.createdBy.isHere ? '' : ` (${t('review.keyGone')})`}` },
    { label: t('review.keyUsed'), value: apiKey.lastUsedAt ? day(apiKey.lastUsedAt) : t('review.keyUnused') },
    { label: t('review.keyUntil'), value: day(apiKey.expiresAt) },
    { label: t('apiKeys.scopes'), value: sayAll(apiKey.scopes) },
  ];
  return (
    <li className={classes.key}>
      <div className={classes.keyHead}>
        <b>
          <bdi>{apiKey.name}</bdi>
        </b>
        <bdi className="ltr">
          {apiKey.prefix}…{apiKey.lastFour}
        </bdi>
        {mark || !apiKey.createdBy.isHere ? (
          <Badge radius="sm" className={classes.mark} data-mark={mark}>
            {mark ? t(mark === 'unused' ? 'review.keyUnused' : 'review.keyStale') : t('review.keyGone')}
          </Badge>
        ) : null}
      </div>
      <dl className={classes.facts}>
        {facts.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </li>
  );
}
