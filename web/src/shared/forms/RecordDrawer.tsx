import { Alert, Button, Skeleton, Stack, Text } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDateTime } from '@/shared/i18n/format';
import { Failed } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { Conflict } from './Conflict';
import classes from './forms.module.css';
import { changedFields, type Draft } from './merge';
import type { Labels } from './useFields';
import type { RecordForm, Versioned } from './useRecordForm';
import { useSubmit } from './useSubmit';

type Props<R extends Versioned & { updatedAt?: string }, D extends Draft> = {
  record: RecordForm<R, D>;
  loaded: R | undefined;
  labels: Labels<D>;
  title: ReactNode;
  /** Names the form for those who hear it. */
  name: string;
  /** Why nothing can be changed here, if so. */
  readOnly: string | undefined;
  busy: boolean;
  save: (draft: D) => Promise<void>;
  /** On the button: what it does to a new record. */
  create: string;
  /** Puts what a record holds in a field into words; with it, a conflict says what stands there now. */
  nowIn?: (record: R, field: keyof D & string) => string;
  /** For long forms. */
  wide?: boolean;
  /** What else can be done with the record, at the other end of the foot; off while something is unsaved. */
  aside?: ReactNode;
  onClose: () => void;
  children: ReactNode;
};

/** The one form in a drawer: saving, conflicts, leaving with unsaved input. The fields are its children. */
export function RecordDrawer<R extends Versioned & { updatedAt?: string }, D extends Draft>(props: Props<R, D>) {
  const { record, labels, title, name, readOnly, busy, create, aside, nowIn, wide, onClose, children } = props;
  const { t, lang } = useLang();
  const { practice } = useSession();
  const { base, newer, dirty } = record;
  const [leaving, setLeaving] = useState(false);
  const { ref, refusal, onSubmit } = useSubmit({ ...props, readOnly: !!readOnly });
  const close = () => (dirty && !readOnly ? setLeaving(true) : onClose());
  const changed = base && newer ? changedFields(record.draftOf(base), record.draftOf(newer)).map((field) => ({ label: t(labels[field]), now: nowIn?.(newer, field) })) : [];

  return (
    <SideDrawer title={title} onClose={close} wide={wide}>
      <form ref={ref} noValidate onSubmit={onSubmit} className={classes.form} aria-label={name}>
        {readOnly ? (
          <Alert color="gray" variant="light" icon={<IconEye />} py="xs">
            {readOnly}
          </Alert>
        ) : null}
        {newer ? <Conflict fields={changed} changedAt={newer.updatedAt} onLoad={record.loadNewer} onKeep={nowIn ? record.keepMine : undefined} /> : null}
        {refusal ? (
          <Alert color="red" role="alert" py="xs">
            {refusal}
          </Alert>
        ) : null}
        <div className={classes.fields}>{children}</div>
        {base?.updatedAt ? <Text className={classes.meta}>{t('form.updatedAt', { date: formatDateTime(lang, practice.timeZone, base.updatedAt) })}</Text> : null}
        <div className={classes.foot}>
          {readOnly ? (
            <Button variant="default" onClick={onClose}>
              {t('action.close')}
            </Button>
          ) : leaving ? (
            <>
              <span className={classes.ask} role="alert">
                {t('form.discard')}
              </span>
              <Button variant="default" autoFocus onClick={() => setLeaving(false)}>
                {t('form.keepEditing')}
              </Button>
              <Button color="red" onClick={onClose}>
                {t('form.discardYes')}
              </Button>
            </>
          ) : (
            <>
              {aside ? (
                <fieldset disabled={dirty || busy} className="bare">
                  {aside}
                </fieldset>
              ) : (
                <span />
              )}
              <Button variant="default" onClick={close}>
                {t('action.cancel')}
              </Button>
              <Button type="submit" loading={busy} disabled={!!newer}>
                {base ? t('action.save') : create}
              </Button>
            </>
          )}
        </div>
      </form>
    </SideDrawer>
  );
}

type WaitingProps = { title: string; error: unknown; lines: number; retry: () => void; onClose: () => void };

/** The drawer while its record is on the way, or did not come. */
export function WaitingDrawer({ title, error, lines, retry, onClose }: WaitingProps) {
  return (
    <SideDrawer title={title} onClose={onClose}>
      {error ? (
        <Failed error={error} retry={retry} />
      ) : (
        <Stack gap="md">
          {Array.from({ length: lines }, (_, n) => (
            <Skeleton key={n} h={36} />
          ))}
        </Stack>
      )}
    </SideDrawer>
  );
}
