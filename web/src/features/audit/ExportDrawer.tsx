import { Alert, Button, Progress, Radio, Skeleton, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useSendKey } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { errorText, useErrorText } from '@/shared/i18n/errors';
import { formatDateTime, formatNumber } from '@/shared/i18n/format';
import { Failed } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { toast } from '@/shared/ui/toast';
import { type AuditExport, download, type ExportFormat, exportsQuery, useExport } from './api';
import classes from './AuditPage.module.css';
import { type AuditSearch, filterOf, filters } from './search';

const formats = ['csv', 'fhir', 'bundle'] as const satisfies readonly ExportFormat[];

type Props = { search: AuditSearch; timeZone: string; onClose: () => void };

/** Has what is filtered for made into a file, and shows what was made within the last day. */
export function ExportDrawer({ search, timeZone, onClose }: Props) {
  const words = useLang();
  const { t } = words;
  const [format, setFormat] = useState<ExportFormat>('csv');
  const [refusal, setRefusal] = useState<string>();
  const list = useQuery(exportsQuery);
  const ask = useExport();
  const key = useSendKey();
  // a bundle holds everything of a period, or it would prove nothing
  const { from, to } = search;
  const chosen = format === 'bundle' ? { ...(from ? { from } : {}), ...(to ? { to } : {}) } : search;
  const narrowed = filters.some((name) => chosen[name]);

  const send = (event: FormEvent) => {
    event.preventDefault();
    if (ask.isPending) return;
    const filter = filterOf(chosen, timeZone);
    setRefusal(undefined);
    // what happened since the same was asked for is wanted as well, so each time is a new one
    const body = { format, filter };
    ask.mutate({ body, key: key({ ...body, after: list.data?.[0]?.id }) }, { onError: (error) => setRefusal(errorText(words, error)) });
  };

  return (
    <SideDrawer title={t('audit.export')} onClose={onClose}>
      <form onSubmit={send} aria-label={t('audit.export')}>
        <Stack gap="md">
          {refusal ? (
            <Alert color="red" role="alert" py="xs">
              {refusal}
            </Alert>
          ) : null}
          <Radio.Group label={t('audit.export.format')} value={format} onChange={(value) => setFormat(value as ExportFormat)}>
            <Stack gap="sm" mt="xs">
              {formats.map((value) => (
                <Radio key={value} value={value} label={t(`audit.export.format.${value}`)} description={t(`audit.export.format.${value}.text`)} />
              ))}
            </Stack>
          </Radio.Group>
          <Text size="sm" c="var(--text-dim)">
            {t(narrowed ? 'audit.export.filtered' : 'audit.export.all')} {t('audit.export.noted')}
          </Text>
          <Button type="submit" loading={ask.isPending}>
            {t('audit.export.make')}
          </Button>
        </Stack>
      </form>
      <h3 className={classes.section}>{t('audit.export.kept')}</h3>
      {list.isError ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : !list.data ? (
        <Skeleton h={56} />
      ) : list.data.length === 0 ? (
        <Text size="sm" c="var(--text-dim)">
          {t('audit.export.none')}
        </Text>
      ) : (
        <ul className={classes.files} aria-live="polite">
          {list.data.map((made) => (
            <File key={made.id} made={made} timeZone={timeZone} />
          ))}
        </ul>
      )}
    </SideDrawer>
  );
}

function File({ made, timeZone }: { made: AuditExport; timeZone: string }) {
  const { t, lang, lookup } = useLang();
  const error = useErrorText();
  const { state, done, total } = made;
  const name = t(`audit.export.format.${made.format}`);
  const standing =
    state === 'done'
      ? t('audit.export.until', { at: formatDateTime(lang, timeZone, made.expiresAt) })
      : state === 'failed' || state === 'cancelled'
        ? ((made.error && lookup(`problem.${made.error}`)) ?? t('audit.export.failed'))
        : total
          ? t('audit.export.progress', { done: formatNumber(lang, done), total: formatNumber(lang, total) })
          : t('audit.export.waiting');
  return (
    <li className={classes.file}>
      <span>
        <b>{name}</b>
        <small>{standing}</small>
        {state === 'running' ? <Progress value={total ? (100 * done) / total : 0} size="sm" mt={6} aria-label={standing} /> : null}
      </span>
      {state === 'done' ? (
        <Button
          variant="default"
          size="compact-md"
          leftSection={<IconDownload size={15} />}
          aria-label={`${t('audit.export.download')}: ${name}`}
          onClick={() => download(made).catch((why: unknown) => toast.failed(error(why)))}
        >
          {t('audit.export.download')}
        </Button>
      ) : null}
    </li>
  );
}
