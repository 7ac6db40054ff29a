import { Kbd, Modal } from '@mantine/core';
import { useState } from 'react';
import { useLang } from '@/shared/i18n';
import { activeShortcuts, type Shortcut, shownKeys } from '@/shared/ui/shortcuts';
import classes from './ShortcutHelp.module.css';

/** One line per thing to do, with every way of doing it. */
function byLabel(shortcuts: readonly Shortcut[]) {
  const lines = new Map<Shortcut['label'], string[][]>();
  for (const s of shortcuts) lines.set(s.label, [...(lines.get(s.label) ?? []), shownKeys(s)]);
  return [...lines];
}

export function ShortcutHelp({ onClose }: { onClose: () => void }) {
  const { t } = useLang();
  // what the page underneath offers, at the moment of asking
  const [lines] = useState(() => byLabel(activeShortcuts.get()));
  return (
    <Modal opened onClose={onClose} title={t('shortcut.title')} size="sm" closeButtonProps={{ 'aria-label': t('action.close') }}>
      <dl className={classes.list}>
        {lines.map(([label, ways]) => (
          <div key={label} className={classes.line}>
            <dt>{t(label)}</dt>
            <dd>
              {ways.map((keys) => (
                <span key={keys.join()} className={classes.way} dir="ltr">
                  {keys.map((key) => (
                    <Kbd key={key} size="sm">
                      {key}
                    </Kbd>
                  ))}
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
