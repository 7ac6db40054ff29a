import { Button, Select, Switch, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { type FormEvent, useRef, useState } from 'react';
import { useSession } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { same } from '@/shared/forms/merge';
import { useLang } from '@/shared/i18n';
import { focusFirstInvalid } from '@/shared/ui/focus';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import type { Field, FieldKind } from '../api';
import { CaseInput } from '../CaseInput';
import { labelOf } from '../values';
import type { Row } from './draft';
import { draftOfField, emptyField, type FieldDraft, fieldIssues, fieldOf, keyOf, kinds } from './fieldDraft';
import { OptionRows } from './OptionRows';

type Props = {
  /** Missing: a new one. */
  row: Row | undefined;
  others: Row[];
  /** There are cases, which may have values of it. */
  inUse: boolean;
  readOnly: boolean;
  onPut: (field: Field) => void;
  onRemove: (row: Row) => void;
  onClose: () => void;
};

/** What a field is called, holds and asks for. It goes into the list on the page, and is saved with it. */
export function FieldDrawer({ row, others, inUse, readOnly, onPut, onRemove, onClose }: Props) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const ref = useRef<HTMLFormElement>(null);
  const [start] = useState<FieldDraft>(() => (row ? draftOfField(row.field, timeZone) : emptyField));
  const [draft, setDraft] = useState(start);
  const [checked, setChecked] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const taken = others.map(({ field }) => field.key);
  const issues = checked ? fieldIssues(draft, taken) : {};
  const errorOf = (part: keyof typeof issues) => issues[part] && t(issues[part]);
  const set = (more: Partial<FieldDraft>) => setDraft((now) => ({ ...now, ...more }));
  // until somebody writes another one it follows the name
  const follows = !row?.known && draft.key === keyOf(draft.en, taken);
  const settled = !!row?.known && inUse;
  const dirty = !same(start, draft);
  const close = () => (dirty && !readOnly ? setLeaving(true) : onClose());
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    // a portal's form lies within the page's one as far as events go
    event.stopPropagation();
    setChecked(true);
    if (Object.keys(fieldIssues(draft, taken)).length) return focusFirstInvalid(ref.current);
    onPut({ ...fieldOf(draft, timeZone), displayOrder: row?.field.displayOrder ?? 0 });
  };
  const mark = (name: 'required' | 'displayInList' | 'sensitive', disabled = false) => (
    <Switch label={t(`callWorkflows.${name}`)} description={t(`callWorkflows.${name}Hint`)} disabled={readOnly || disabled} checked={draft[name] && !(name === 'displayInList' && draft.sensitive)} onChange={(event) => set({ [name]: event.currentTarget.checked })} />
  );

  return (
    <SideDrawer title={row ? <bdi>{labelOf(row.field.label, lang)}</bdi> : t('callWorkflows.newField')} onClose={close}>
      <form ref={ref} noValidate onSubmit={onSubmit} className={forms.form} aria-label={t(row ? 'callWorkflows.editField' : 'callWorkflows.newField')}>
        <div className={forms.fields}>
          <div className={forms.two}>
            <TextInput
              label={t('callWorkflows.label')}
              value={draft.en}
              onChange={(event) => set({ en: event.currentTarget.value, ...(follows ? { key: keyOf(event.currentTarget.value, taken) } : {}) })}
              error={errorOf('en')}
              readOnly={readOnly}
              withAsterisk
              maxLength={80}
              className="ownDirection"
              data-autofocus
            />
            <TextInput label={t('callWorkflows.labelAr')} value={draft.ar} onChange={(event) => set({ ar: event.currentTarget.value })} readOnly={readOnly} lang="ar" maxLength={80} className="ownDirection" />
          </div>
          <TextInput
            label={t('callWorkflows.key')}
            description={t(row?.known ? 'callWorkflows.keyFixed' : 'callWorkflows.keyHint')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            value={draft.key}
            onChange={(event) => set({ key: event.currentTarget.value })}
            error={errorOf('key')}
            readOnly={readOnly || !!row?.known}
            maxLength={60}
            dir="ltr"
          />
          <Select
            label={t('callWorkflows.kind')}
            description={settled ? t('callWorkflows.kindFixed') : undefined}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            data={kinds.map((value) => ({ value, label: t(`callWorkflows.kind.${value}`) }))}
            value={draft.type}
            onChange={(type) => set({ type: (type ?? draft.type) as FieldKind, default: '' })}
            readOnly={readOnly || settled}
            allowDeselect={false}
          />
          {draft.type === 'select' ? <OptionRows options={draft.options} onChange={(options) => set({ options })} error={errorOf('options')} readOnly={readOnly} /> : null}
          <CaseInput
            // what can be chosen differs with the choices
            field={{ ...fieldOf(draft, timeZone), label: { en: t('callWorkflows.default') }, required: false }}
            value={draft.default}
            onChange={(fallback) => set({ default: fallback })}
            error={errorOf('default')}
            readOnly={readOnly}
          />
          {mark('required')}
          {mark('displayInList', draft.sensitive)}
          {mark('sensitive', settled)}
        </div>
        <Foot row={row} readOnly={readOnly} leaving={leaving} onStay={() => setLeaving(false)} onRemove={onRemove} onCancel={close} onClose={onClose} />
      </form>
    </SideDrawer>
  );
}

type FootProps = Pick<Props, 'row' | 'readOnly' | 'onRemove' | 'onClose'> & { leaving: boolean; onStay: () => void; onCancel: () => void };

function Foot({ row, readOnly, leaving, onStay, onRemove, onCancel, onClose }: FootProps) {
  const { t } = useLang();
  if (readOnly) {
    return (
      <div className={forms.foot}>
        <Button variant="default" onClick={onClose}>
          {t('action.close')}
        </Button>
      </div>
    );
  }
  if (leaving) {
    return (
      <div className={forms.foot}>
        <span className={forms.ask} role="alert">
          {t('form.discard')}
        </span>
        <Button variant="default" autoFocus onClick={onStay}>
          {t('form.keepEditing')}
        </Button>
        <Button color="red" onClick={onClose}>
          {t('form.discardYes')}
        </Button>
      </div>
    );
  }
  return (
    <div className={forms.foot}>
      {row ? (
        <Button variant="subtle" color="red" leftSection={<IconTrash size={16} />} onClick={() => onRemove(row)}>
          {t('callWorkflows.removeField')}
        </Button>
      ) : (
        <span />
      )}
      <Button variant="default" onClick={onCancel}>
        {t('action.cancel')}
      </Button>
      <Button type="submit">{t(row ? 'action.done' : 'callWorkflows.putField')}</Button>
    </div>
  );
}
