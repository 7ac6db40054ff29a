import { Button, Popover } from '@mantine/core';
import { IconDialpad } from '@tabler/icons-react';
import { useState } from 'react';
import { useLang } from '@/shared/i18n';
import { rove } from '@/shared/ui/rove';
import classes from './Talk.module.css';

const KEYS = [...'123456789*0#'];

/** The keys of a telephone. What was pressed is told at once, key by key. */
export function KeyPad({ disabled, onKey }: { disabled: boolean; onKey: (key: string) => void }) {
  const { t } = useLang();
  const [pressed, setPressed] = useState('');
  const press = (key: string) => {
    setPressed((before) => before + key);
    onKey(key);
  };
  return (
    <Popover position="top" withArrow trapFocus returnFocus onClose={() => setPressed('')}>
      <Popover.Target>
        <Button variant="default" disabled={disabled} leftSection={<IconDialpad size={16} />}>
          {t('calls.keys')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('calls.keys')}>
        <output className={classes.pressed} dir="ltr" aria-label={t('calls.keys.pressed')}>
          {pressed}
        </output>
        <div
          className={classes.keys}
          dir="ltr"
          role="group"
          aria-label={t('calls.keys')}
          onKeyDown={(event) => {
            if (KEYS.includes(event.key)) press(event.key);
            else rove(event);
          }}
        >
          {KEYS.map((key) => (
            <Button key={key} data-rove variant="default" className={classes.key ?? ''} onClick={() => press(key)}>
              {key}
            </Button>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
