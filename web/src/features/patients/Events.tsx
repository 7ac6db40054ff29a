import { IconPaperclip, IconPhone } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import { Empty } from '@/shared/ui/Page';
import classes from './Activity.module.css';
import { Entries } from './Entries';
import type { Events as Kind } from './search';

const icons = { calls: IconPhone, files: IconPaperclip };

/** What happened with a patient, of one kind only. */
export function Events({ id, kind }: { id: string; kind: Kind }) {
  const { t } = useLang();
  const Icon = icons[kind];
  return (
    <div className={classes.wrap}>
      <Entries id={id} show={kind} empty={<Empty icon={<Icon size={26} stroke={1.6} />} title={t(`events.${kind}.empty`)} text={t(`events.${kind}.emptyText`)} />} />
    </div>
  );
}
