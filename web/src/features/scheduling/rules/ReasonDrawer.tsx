import { Button, Select, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import forms from '@/shared/forms/forms.module.css';
import { orNull } from '@/shared/forms/merge';
import { useLang } from '@/shared/i18n';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import type { CancelReason } from '../api';

const whose = ['patient', 'provider', 'clinic'] as const satisfies readonly CancelReason['by'][];

type Props = {
  /** As it is; a new one has no key yet. */
  reason: CancelReason;
  busy: boolean;
  /** Takes it out of use, or back. */
  onArchive: (() => void) | undefined;
  onSave: (reason: CancelReason) => void;
  onClose: () => void;
};

/** A reason for cancelling, in both languages. */
export function ReasonDrawer({ reason, busy, onArchive, onSave, onClose }: Props) {
  const { t } = useLang();
  const [nameEn, setNameEn] = useState(reason.nameEn);
  const [nameAr, setNameAr] = useState(reason.nameAr ?? '');
  const [by, setBy] = useState(reason.by);
  const [missing, setMissing] = useState(false);
  const title = t(reason.key ? 'scheduling.rules.reason' : 'scheduling.rules.newReason');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!nameEn.trim()) return setMissing(true);
    onSave({ ...reason, nameEn: nameEn.trim(), nameAr: orNull(nameAr), by });
  };
  return (
    <SideDrawer title={title} onClose={onClose}>
      <form className={forms.form} noValidate aria-label={title} onSubmit={submit}>
        <div className={forms.fields}>
          <TextInput label={t('field.nameEn')} lang="en" className="ownDirection" maxLength={120} value={nameEn} error={missing && !nameEn.trim() ? t('field.required') : undefined} onChange={(e) => setNameEn(e.currentTarget.value)} data-autofocus />
          <TextInput label={t('field.nameAr')} lang="ar" className="ownDirection" maxLength={120} value={nameAr} onChange={(e) => setNameAr(e.currentTarget.value)} />
          {reason.key ? null : <Select label={t('scheduling.cancel.by')} data={whose.map((value) => ({ value, label: t(`scheduling.cancel.by.${value}`) }))} value={by} allowDeselect={false} onChange={(next) => next && setBy(next as CancelReason['by'])} />}
        </div>
        <div className={forms.foot}>
          {onArchive ? (
            <Button variant="default" disabled={busy} onClick={onArchive}>
              {t(reason.archived ? 'action.restore' : 'action.archive')}
            </Button>
          ) : (
            <span />
          )}
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t(reason.key ? 'action.save' : 'action.add')}
          </Button>
        </div>
      </form>
    </SideDrawer>
  );
}
