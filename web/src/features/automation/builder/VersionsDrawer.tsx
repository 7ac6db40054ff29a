import { Badge, Button, Skeleton, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import { Failed } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { diffQuery, type Version, versionQuery, versionsQuery } from '../api';
import status from '../StatusBadge.module.css';
import classes from './Builder.module.css';
import { Changes } from './Changes';
import { useBuilder } from './useBuilder';

/** What was published when, by whom, and what was different; each can become the draft again. */
export function VersionsDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useLang();
  const { workflow } = useBuilder();
  const versions = useQuery(versionsQuery(workflow.id));
  const [open, setOpen] = useState<number>();
  const before = (n: number) => versions.data?.find((one) => one.version < n)?.version;
  return (
    <SideDrawer title={t('workflows.versions')} onClose={onClose}>
      {versions.error && !versions.data ? (
        <Failed error={versions.error} retry={() => void versions.refetch()} />
      ) : !versions.data ? (
        <Skeleton h={200} />
      ) : versions.data.length ? (
        <ol className={classes.versions}>
          {versions.data.map((one) => (
            <li key={one.version}>
              <Line version={one} open={open === one.version} onOpen={() => setOpen(open === one.version ? undefined : one.version)} />
              {open === one.version ? <What version={one.version} before={before(one.version)} onClose={onClose} /> : null}
            </li>
          ))}
        </ol>
      ) : (
        <p className={classes.hint}>{t('workflows.versions.none')}</p>
      )}
    </SideDrawer>
  );
}

function Line({ version, open, onOpen }: { version: Version; open: boolean; onOpen: () => void }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const { workflow } = useBuilder();
  return (
    <UnstyledButton className={classes.version} aria-expanded={open} onClick={onOpen}>
      <span>
        <b>{t('workflows.version', { n: version.version })}</b>
        <small>
          {formatDateTime(lang, timeZone, version.publishedAt)} · <bdi>{version.publishedBy?.name ?? '…'}</bdi>
        </small>
      </span>
      {version.version === workflow.publishedVersion ? (
        <Badge radius="sm" className={status.status} data-status="published">
          {t('workflows.version.now')}
        </Badge>
      ) : null}
    </UnstyledButton>
  );
}

function What({ version, before, onClose }: { version: number; before: number | undefined; onClose: () => void }) {
  const { t } = useLang();
  const { workflow, blocks, dispatch, readOnly } = useBuilder();
  const diff = useQuery({ ...diffQuery(workflow.id, before, version), enabled: before !== undefined });
  const [then, now] = [useQuery({ ...versionQuery(workflow.id, before ?? 0), enabled: before !== undefined }), useQuery(versionQuery(workflow.id, version))];
  if (!now.data || (before !== undefined && (!diff.data || !then.data))) return <Skeleton h={80} />;
  const restore = () => {
    // as one edit more, which can be taken back
    dispatch({ do: 'replace', definition: now.data!.definition });
    onClose();
  };
  return (
    <div className={classes.what}>
      {before === undefined ? <p className={classes.hint}>{t('workflows.versions.first')}</p> : <Changes changes={diff.data!.changes} blocks={blocks} before={then.data?.definition} after={now.data.definition} />}
      {readOnly ? null : (
        <Button variant="default" size="xs" onClick={restore}>
          {t('workflows.versions.restore')}
        </Button>
      )}
    </div>
  );
}
