import { Alert, Button, Group, Text } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';

type Props = {
  /** Names of the fields that changed meanwhile, and where a form can say it what stands there now. */
  fields: (string | { label: string; now: string | undefined })[];
  changedAt?: string | undefined;
  onLoad: () => void;
  /** Goes on with what was entered, to be saved on top. */
  onKeep?: (() => void) | undefined;
};

/** Somebody else saved first: says what, and offers it, without taking anything away. */
export function Conflict({ fields, changedAt, onLoad, onKeep }: Props) {
  const { t, lang } = useLang();
  const { practice } = useSession();
  const list = new Intl.ListFormat(lang, { type: 'conjunction' }).format(fields.map((field) => (typeof field === 'string' ? field : field.label)));
  return (
    <Alert color="yellow" variant="light" icon={<IconUsers />} title={t('form.conflict.title')} role="alert">
      <Text size="sm">
        {fields.length ? t('form.conflict.fields', { fields: list }) : t('form.conflict.other')} {t('form.conflict.keep')}
      </Text>
      {fields.map((field) =>
        typeof field === 'string' || field.now === undefined ? null : (
          <Text key={field.label} size="sm" mt={4}>
            {t('form.conflict.now', { field: field.label, value: field.now || t('form.conflict.nothing') })}
          </Text>
        ),
      )}
      {changedAt ? (
        <Text size="xs" mt={4}>
          {formatDateTime(lang, practice.timeZone, changedAt)}
        </Text>
      ) : null}
      <Group mt="sm" gap="xs">
        <Button size="xs" variant="default" onClick={onLoad}>
          {t('form.conflict.load')}
        </Button>
        {onKeep ? (
          <Button size="xs" variant="default" onClick={onKeep}>
            {t('form.conflict.mineAll')}
          </Button>
        ) : null}
      </Group>
    </Alert>
  );
}
