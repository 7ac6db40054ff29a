import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import { Failed } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { type CallWorkflow, type SchemaVersion, schemaVersionsQuery } from '../api';
import { inOrder, labelOf } from '../values';
import { ChangeList } from './ChangeList';
import { fieldChanges } from './draft';
import classes from './Settings.module.css';

/** How the fields were defined before, each time with what was different, by whom and since when. */
export function VersionsDrawer({ workflow, onClose }: { workflow: CallWorkflow; onClose: () => void }) {
  const { t } = useLang();
  const versions = useQuery(schemaVersionsQuery(workflow.id));
  return (
    <SideDrawer title={t('callWorkflows.versions')} onClose={onClose}>
      {versions.data ? (
        <ol className={classes.versions}>
          {versions.data.map((version, i) => (
            <Version key={version.number} version={version} before={versions.data[i + 1]} inUse={version.number === workflow.schemaVersion} />
          ))}
        </ol>
      ) : versions.error ? (
        <Failed error={versions.error} retry={() => void versions.refetch()} />
      ) : (
        <Skeleton h={180} radius={10} />
      )}
    </SideDrawer>
  );
}

function Version({ version, before, inUse }: { version: SchemaVersion; before: SchemaVersion | undefined; inUse: boolean }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const since = [formatDateTime(lang, timeZone, version.createdAt), version.createdBy].filter(Boolean).join(' · ');
  return (
    <li className={classes.version} data-version={version.number}>
      <div className={classes.versionHead}>
        <h3>{[t('callWorkflows.version', { n: version.number }), inUse ? t('callWorkflows.inUse') : null].filter(Boolean).join(' · ')}</h3>
        <span className="tnum">{since}</span>
      </div>
      {before ? <ChangeList changes={fieldChanges(before.fields, version.fields)} /> : null}
      <details>
        <summary>{t('callWorkflows.fieldCount', { count: version.fields.length })}</summary>
        <table>
          <tbody>
            {inOrder(version.fields).map((field) => (
              <tr key={field.key}>
                <td>
                  <bdi>{labelOf(field.label, lang)}</bdi>
                </td>
                <td>
                  {t(`callWorkflows.kind.${field.type}`)} · <bdi className="ltr">{field.key}</bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </li>
  );
}
