import { Alert, Button, Text } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';

type Props = {
  /** Names of the fields that changed meanwhile. */
  fields: string[];
  changedAt?: string | undefined;
  onLoad: () => void;
};

/** Somebody else saved first: says what, and offers it, without taking anything away. */
export function Conflict({ fields, changedAt, onLoad }: Props) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const list = new Intl.ListFormat(lang, { type: 'conjunction' }).format(fields);
  return (
    <Alert color="yellow" variant="light" icon={<IconUsers />} title={t('form.conflict.title')} role="alert">
      <Text size="sm">
        {fields.length ? t('form.conflict.fields', { fields: list }) : t('form.conflict.other')} {t('form.conflict.keep')}
      </Text>
      {changedAt ? (
        <Text size="xs" mt={4}>
          {formatDateTime(lang, practice.timeZone, changedAt)}
        </Text>
      ) : null}
      <Button mt="sm" size="xs" variant="default" onClick={onLoad}>
        {t('form.conflict.load')}
      </Button>
    </Alert>
  );
}
