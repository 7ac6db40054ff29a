import { IconArrowsSort, IconMinus, IconPencil, IconPlus } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import { labelOf } from '../values';
import type { FieldChange } from './draft';
import classes from './Settings.module.css';

const icons = { added: IconPlus, changed: IconPencil, moved: IconArrowsSort, removed: IconMinus };

/** What is different about fields, in words. */
export function ChangeList({ changes, lead = [] }: { changes: FieldChange[]; lead?: string[] }) {
  const { t, lang } = useLang();
  const list = (texts: string[]) => new Intl.ListFormat(lang, { type: 'conjunction' }).format(texts);
  return (
    <ul className={classes.changes}>
      {lead.map((text) => (
        <li key={text}>
          <IconPencil size={15} stroke={1.8} aria-hidden />
          <span>{text}</span>
        </li>
      ))}
      {changes.map((change) => {
        const Icon = icons[change.kind];
        return (
          <li key={change.kind + change.field.key}>
            <Icon size={15} stroke={1.8} aria-hidden />
            <span>
              {t(`callWorkflows.change.${change.kind}`, { field: `\u2068${labelOf(change.field.label, lang)}\u2069` })}
              {change.kind === 'changed' ? <small>{list(change.members.map((member) => t(`callWorkflows.member.${member}`)))}</small> : null}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
