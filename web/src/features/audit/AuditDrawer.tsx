import { Badge, Button, Group, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import { Failed } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { auditEntryQuery } from './api';
import classes from './AuditPage.module.css';
import { actionText, actorText, resourceText, valueText } from './words';

type Props = { id: string; timeZone: string; onWho: (who: string) => void; onRecord: (record: string, resource: string) => void; onClose: () => void };

/** One entry with what was before and after, and how far it is sealed. */
export function AuditDrawer({ id, timeZone, onWho, onRecord, onClose }: Props) {
  const { t, lang, lookup } = useLang();
  const { data: entry, isError, error, refetch } = useQuery(auditEntryQuery(id));
  return (
    <SideDrawer title={entry ? `${actionText(lookup, entry.action)} · ${resourceText(lookup, entry.resourceType)}` : t('audit.entry')} onClose={onClose}>
      {isError ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : !entry ? (
        <Skeleton h={240} />
      ) : (
        <>
          <dl className={classes.facts}>
            <dt>{t('audit.when')}</dt>
            <dd className="tnum">{formatDateTime(lang, timeZone, entry.at)}</dd>
            <dt>{t('audit.who')}</dt>
            <dd>
              <bdi>{actorText(t, lookup, entry)}</bdi>
            </dd>
            <dt>{t('audit.filter.outcome')}</dt>
            <dd>{lookup(`audit.outcome.${entry.outcome}`) ?? entry.outcome}</dd>
            {entry.ip ? (
              <>
                <dt>{t('audit.address')}</dt>
                <dd>
                  <bdi className="ltr">{entry.ip}</bdi>
                </dd>
              </>
            ) : null}
            {entry.userAgent ? (
              <>
                <dt>{t('audit.program')}</dt>
                <dd>
                  <bdi className="ltr">{entry.userAgent}</bdi>
                </dd>
              </>
            ) : null}
            {entry.resourceId ? (
              <>
                <dt>{t('audit.filter.record')}</dt>
                <dd>
                  <bdi className="ltr">{entry.resourceId}</bdi>
                </dd>
              </>
            ) : null}
            <dt>{t('audit.number')}</dt>
            <dd>
              <bdi className="ltr">{entry.id}</bdi>
            </dd>
            <dt>{t('audit.proof')}</dt>
            <dd>
              <Badge className={classes.badge} variant="light" radius="sm" color={entry.proof.state === 'waiting' ? 'gray' : 'teal'}>
                {t(`audit.proof.${entry.proof.state}`)}
              </Badge>{' '}
              {entry.proof.checkpoint === null ? null : t('audit.proof.checkpoint', { number: entry.proof.checkpoint })}
            </dd>
          </dl>
          {entry.changes.length ? (
            <>
              <h3 className={classes.section}>{t('audit.changes')}</h3>
              <table className={classes.changes}>
                <thead>
                  <tr>
                    <th scope="col">{t('audit.field')}</th>
                    <th scope="col">{t('audit.before')}</th>
                    <th scope="col">{t('audit.after')}</th>
                  </tr>
                </thead>
                <tbody>
                  {entry.changes.map((change) => (
                    <tr key={change.field}>
                      <td>
                        <bdi className="ltr">{change.field}</bdi>
                      </td>
                      {change.readable ? (
                        <>
                          <td>
                            <bdi>{valueText(change.before)}</bdi>
                          </td>
                          <td>
                            <bdi>{valueText(change.after)}</bdi>
                          </td>
                        </>
                      ) : (
                        <td colSpan={2}>{t('audit.unreadable')}</td>
                      )}
                    </tr>
                  ))}
                </tbody>
              </table>
            </>
          ) : null}
          <Group gap="xs" mt="lg">
            {entry.actor.id ? (
              <Button variant="default" onClick={() => onWho(entry.actor.id!)}>
                {t('audit.sameWho')}
              </Button>
            ) : null}
            {entry.patientId ? (
              <Button variant="default" onClick={() => onRecord(entry.patientId!, 'patient')}>
                {t('audit.samePatient')}
              </Button>
            ) : entry.resourceId ? (
              <Button variant="default" onClick={() => onRecord(entry.resourceId!, entry.resourceType)}>
                {t('audit.sameRecord')}
              </Button>
            ) : null}
          </Group>
        </>
      )}
    </SideDrawer>
  );
}
