import { Badge, Title } from '@mantine/core';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import type { Flow } from '../api';
import classes from './Conversation.module.css';

const SHORT = 10;

/** Which versions of the conversation there were, and which one calls take now. */
export function Versions({ flow }: { flow: Flow }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  return (
    <aside className={classes.versions} aria-labelledby="flow-versions">
      <Title order={2} id="flow-versions">
        {t('conversation.versions')}
      </Title>
      {flow.versions.length ? (
        <ol>
          {flow.versions.map((version) => (
            <li key={version.id}>
              <span>
                <b>{t('conversation.version', { n: version.number })}</b>
                {version.number === flow.number ? (
                  <Badge radius="sm" variant="light" tt="none">
                    {t('callWorkflows.inUse')}
                  </Badge>
                ) : null}
              </span>
              <small className="tnum">{formatDateTime(lang, timeZone, version.loadedAt)}</small>
              <small>
                <bdi className="ltr">{version.hash.slice(0, SHORT)}</bdi>
              </small>
            </li>
          ))}
        </ol>
      ) : (
        <p className={classes.note}>{t('conversation.noVersions')}</p>
      )}
    </aside>
  );
}
