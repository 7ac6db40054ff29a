import { Button, PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { type Key, useKeepKey } from './api';
import classes from './Calling.module.css';

/** The keys that conversations name, and those that are kept though none does any more. */
export function Keys({ keys, canWrite }: { keys: Key[]; canWrite: boolean }) {
  const { t } = useLang();
  if (!keys.length) return <p className={classes.dim}>{t('calling.noKeys')}</p>;
  return (
    <ul className={classes.rows} aria-label={t('calling.keys')}>
      {keys.map((key) => (
        <Row key={`${key.name} ${key.version}`} of={key} canWrite={canWrite} />
      ))}
    </ul>
  );
}

function Row({ of, canWrite }: { of: Key; canWrite: boolean }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const keep = useKeepKey();
  const [value, setValue] = useState('');
  const send = (next: string | null) =>
    keep.mutate({ name: of.name, version: of.version, value: next }, { onSuccess: () => toast.done(t('form.saved')), onError: (error) => toast.failed(textOf(error)) });
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (value.trim() && !keep.isPending) send(value.trim());
  };
  return (
    <li className={classes.row} data-key={of.name}>
      <form className={classes.form} noValidate onSubmit={save}>
        <PasswordInput
          label={<bdi className="ltr">{of.name}</bdi>}
          description={[of.lastFour ? t('calling.keyThere', { end: of.lastFour }) : t('calling.keyMissing'), of.usedBy.length ? t('calling.usedBy', { names: of.usedBy.join(', ') }) : t('calling.unused')].join(' · ')}
          placeholder={of.name.startsWith('twilio/') ? 'AC…:…' : undefined}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          autoComplete="off"
          dir="ltr"
          value={value}
          disabled={!canWrite}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
        {canWrite ? (
          <div className={classes.line}>
            <Button type="submit" variant="default" loading={keep.isPending} disabled={!value.trim()}>
              {t('action.save')}
            </Button>
            {of.lastFour ? (
              <Button variant="subtle" color="red" disabled={keep.isPending} onClick={() => send(null)}>
                {t('calling.forget')}
              </Button>
            ) : null}
          </div>
        ) : null}
      </form>
    </li>
  );
}
