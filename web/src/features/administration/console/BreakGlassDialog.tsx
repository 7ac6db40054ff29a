import { Alert, Button, Group, Modal, Select, Stack, Text, Textarea } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useRef, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { formErrors } from '@/shared/i18n/errors';
import { CODE_LENGTH, CodeInput } from '@/shared/ui/CodeInput';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { type Practice, useOpenAccess } from './api';

const SHORTEST = 20;
const LONGEST = 500;
const MINUTES = ['15', '30', '60'];

/** Why, for how long, and a code that was not used before. The practice is told at once. */
export function BreakGlassDialog({ practice, onClose }: { practice: Pick<Practice, 'id' | 'name'>; onClose: () => void }) {
  const words = useLang();
  const { t } = words;
  const navigate = useNavigate();
  const open = useOpenAccess(practice.id);
  const form = useRef<HTMLFormElement>(null);
  const [reason, setReason] = useState('');
  const [minutes, setMinutes] = useState('30');
  const [code, setCode] = useState('');
  const { byField, whole } = open.error ? formErrors(words, open.error, ['reason', 'code', 'minutes']) : { byField: {}, whole: undefined };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (open.isPending) return;
    open.mutate(
      { reason: reason.trim(), code, minutes: Number(minutes) },
      {
        onSuccess: () => void navigate({ to: '/platform/practices/$id/read', params: { id: practice.id } }),
        onError: (error) => {
          // a code that was not looked at still serves
          if ('code' in formErrors(words, error, ['code']).byField) setCode('');
          focusFirstInvalid(form.current);
        },
      },
    );
  };
  return (
    <Modal opened onClose={onClose} title={t('console.glass.title')} centered closeButtonProps={{ 'aria-label': t('action.close') }}>
      <form ref={form} noValidate onSubmit={submit}>
        <Stack gap="md">
          <Text size="sm">
            {t('console.glass.lead')} <bdi>{practice.name}</bdi>
          </Text>
          {whole ? (
            <Alert color="red" py="xs" role="alert">
              {whole}
            </Alert>
          ) : null}
          <Textarea
            label={t('console.glass.reason')}
            description={t('console.glass.reasonHint', { min: SHORTEST, length: reason.trim().length })}
            autosize
            minRows={3}
            maxLength={LONGEST}
            data-autofocus
            value={reason}
            error={byField.reason}
            // one line: it stands in ledgers and mails
            onChange={(event) => setReason(event.currentTarget.value.replace(/\s*\n\s*/g, ' '))}
          />
          <Select
            label={t('console.glass.minutes')}
            data={MINUTES.map((value) => ({ value, label: t('console.minutes', { count: Number(value) }) }))}
            allowDeselect={false}
            value={minutes}
            onChange={(next) => next && setMinutes(next)}
          />
          <CodeInput label={t('console.code')} description={t('console.glass.codeHint')} value={code} onChange={setCode} error={byField.code} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" color="red" loading={open.isPending} disabled={code.length < CODE_LENGTH}>
              {t('console.glass.go')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
