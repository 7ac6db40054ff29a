import { Skeleton, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useLang } from '@/shared/i18n';
import { More } from '@/shared/ui/More';
import { Failed } from '@/shared/ui/Page';
import { accessQuery } from './access';
import classes from './ConsolePage.module.css';
import { Section } from './Facts';
import { useActionText } from './actions';
import { useWhen } from './when';

/** What the platform did with one practice: suspensions, limits, accesses, newest first. */
export function History({ practice }: { practice: string }) {
  const { t } = useLang();
  const when = useWhen();
  const actionText = useActionText();
  const list = useInfiniteQuery(accessQuery({ practice }));
  const lines = list.data?.pages.flatMap((page) => page.items);
  return (
    <Section title={t('console.history')}>
      {list.isError && !lines ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : !lines ? (
        <Skeleton h={80} aria-busy />
      ) : lines.length === 0 ? (
        <Text size="sm" c="var(--text-dim)">
          {t('console.historyNone')}
        </Text>
      ) : (
        <ul className={classes.plain}>
          {lines.map((line) => (
            <li key={line.id} className={classes.line}>
              <b>{actionText(line.action)}</b>
              {line.denied ? <span className={classes.denied}>{t('console.denied')}</span> : null}
              <Text size="sm" component="span" c="var(--text-dim)">
                {when(line.at)} · <bdi>{line.administrator?.name ?? t('console.server')}</bdi>
              </Text>
              {line.reason === 'console' ? null : (
                <Text size="sm">
                  <bdi>{line.reason}</bdi>
                </Text>
              )}
            </li>
          ))}
        </ul>
      )}
      <More list={list} below />
    </Section>
  );
}
