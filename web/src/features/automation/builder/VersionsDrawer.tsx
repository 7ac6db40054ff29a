import { Badge, Button, Skeleton, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import { Failed } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { diffQuery, type Version, versionsQuery } from '../api';
import status from '../StatusBadge.module.css';
import { useRefs } from '../useRefs';
import classes from './Builder.module.css';
import { Changes } from './Changes';
import { useBuilder } from './useBuilder';

/** What was published when, by whom, and what was different; each can become the draft again. */
export function VersionsDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useLang();
  const { workflow } = useBuilder();
  const versions = useQuery(versionsQuery(workflow.id));
  const [open, setOpen] = useState<number>();
  const before = (n: number) => versions.data?.find((one) => one.number < n);
  return (
    <SideDrawer title={t('workflows.versions')} onClose={onClose}>
      {versions.error && !versions.data ? (
        <Failed error={versions.error} retry={() => void versions.refetch()} />
      ) : !versions.data ? (
        <Skeleton h={200} />
      ) : versions.data.length ? (
        <ol className={classes.versions}>
          {versions.data.map((one) => (
            <li key={one.number}>
              <Line version={one} open={open === one.number} onOpen={() => setOpen(open === one.number ? undefined : one.number)} />
              {open === one.number ? <What version={one} before={before(one.number)} onClose={onClose} /> : null}
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
  const { nameOf } = useRefs();
  return (
    <UnstyledButton className={classes.version} aria-expanded={open} onClick={onOpen}>
      <span>
        <b>{t('workflows.version', { n: version.number })}</b>
        <small>
          {formatDateTime(lang, timeZone, version.publishedAt)} · <bdi>{nameOf('member', version.publishedBy ?? '') ?? '…'}</bdi>
        </small>
      </span>
      {version.number === workflow.publishedVersion ? (
        <Badge radius="sm" className={status.status} data-status="published">
          {t('workflows.version.now')}
        </Badge>
      ) : null}
    </UnstyledButton>
  );
}

function What({ version, before, onClose }: { version: Version; before: Version | undefined; onClose: () => void }) {
  const { t } = useLang();
  const { workflow, blocks, dispatch, readOnly } = useBuilder();
  const diff = useQuery({ ...diffQuery(workflow.id, before?.number, version.number), enabled: !!before });
  if (before && !diff.data) return <Skeleton h={80} />;
  const restore = () => {
    // as one edit more, which can be taken back
    dispatch({ do: 'replace', definition: version.definition });
    onClose();
  };
  return (
    <div className={classes.what}>
      {before ? <Changes changes={diff.data!.changes} blocks={blocks} before={before.definition} after={version.definition} /> : <p className={classes.hint}>{t('workflows.versions.first')}</p>}
      {readOnly ? null : (
        <Button variant="default" size="xs" onClick={restore}>
          {t('workflows.versions.restore')}
        </Button>
      )}
    </div>
  );
}
