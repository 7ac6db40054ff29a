import { Badge, Button, FileButton, Skeleton, UnstyledButton } from '@mantine/core';
import { IconFileImport, IconUpload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type DragEvent, useRef, useState } from 'react';
import { uuid } from '@/shared/api/uuid';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDateTime } from '@/shared/i18n/format';
import { Gate } from '@/shared/ui/Gate';
import lists from '@/shared/ui/ListPage.module.css';
import { Empty, Failed } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import { Subpage } from '../Subpage';
import { type Import, importsQuery, isBusy, useGiveFile } from './api';
import classes from './Imports.module.css';

export function ImportsPage() {
  return (
    <Gate title="imports.title" needs="patients.import">
      <Imports />
    </Gate>
  );
}

/** Where files are given, and what became of those that were. */
function Imports() {
  const { t } = useLang();
  const list = useQuery(importsQuery);
  return (
    <Subpage title={t('imports.title')} sub={t('imports.text')}>
      <Give />
      <div className={lists.card}>
        {list.isError && !list.data ? (
          <Failed error={list.error} retry={() => void list.refetch()} />
        ) : list.data?.length === 0 ? (
          <Empty icon={<IconFileImport size={26} stroke={1.6} />} title={t('imports.none')} text={t('imports.noneText')} />
        ) : (
          <ul className={classes.list} aria-label={t('imports.title')} aria-busy={!list.data}>
            {list.data ? list.data.map((one) => <Row key={one.id} import={one} />) : <Skeleton h={64} />}
          </ul>
        )}
      </div>
    </Subpage>
  );
}

/** Takes a file, chosen or dropped. */
function Give() {
  const { t } = useLang();
  const textOf = useErrorText();
  const navigate = useNavigate();
  const give = useGiveFile();
  const sent = useRef<{ file?: File; key: string }>({ key: '' });
  const [over, setOver] = useState(false);
  const take = async (file: File | null | undefined) => {
    if (!file) return;
    if (sent.current.file !== file) sent.current = { file, key: uuid() };
    try {
      const made = await give.mutateAsync({ file, key: sent.current.key });
      void navigate({ to: '/patients/imports/$id', params: { id: made.id } });
    } catch (error) {
      toast.failed(textOf(error));
    }
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };
  return (
    <div
      className={classes.drop}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <IconUpload size={26} stroke={1.6} aria-hidden />
      <p>{t('imports.drop')}</p>
      <FileButton onChange={(file) => void take(file)} accept=".csv,.tsv,.txt,.xlsx,.json,.ndjson" inputProps={{ 'aria-label': t('imports.choose') }}>
        {(props) => (
          <Button {...props} loading={give.isPending}>
            {t('imports.choose')}
          </Button>
        )}
      </FileButton>
      <small>{t('imports.limits')}</small>
    </div>
  );
}

function Row({ import: one }: { import: Import }) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const navigate = useNavigate();
  return (
    <li className={classes.row}>
      <UnstyledButton className={classes.open} onClick={() => void navigate({ to: '/patients/imports/$id', params: { id: one.id } })}>
        <span className={classes.names}>
          <b>
            <bdi>{one.files[0] ?? t('imports.unnamed')}</bdi>
          </b>
          <small>
            {[t('imports.rows', { count: one.rows }), formatDateTime(lang, timeZone, one.createdAt), one.createdBy].filter(Boolean).join(' · ')}
          </small>
        </span>
        <Badge radius="sm" variant="light" color={one.state === 'entered' ? 'brand' : 'gray'} tt="none" miw="max-content">
          {t(isBusy(one) ? 'imports.state.busy' : `imports.state.${one.state}`)}
        </Badge>
      </UnstyledButton>
    </li>
  );
}
