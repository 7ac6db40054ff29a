import { ActionIcon, Menu } from '@mantine/core';
import { IconCode, IconDots } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useLang } from '@/shared/i18n';
import classes from './Fields.module.css';

/** Tells what was entered. What was told does not come back; what was undone, or changed by somebody else, is shown. */
export function useTold<T>(value: T, onChange: (next: T) => void, show: () => void) {
  const told = useRef(JSON.stringify(value));
  useEffect(() => {
    const text = JSON.stringify(value);
    if (text === told.current) return;
    told.current = text;
    show();
  }, [value]);
  return (next: T) => {
    told.current = JSON.stringify(next);
    onChange(next);
  };
}

type Props = {
  label: string;
  /** What the menu is called by which one chooses how to write it. */
  how: string;
  /** How it is called to write it for experts. */
  expert: string;
  inWords: boolean;
  /** Back to words, where it can be said in them. */
  toWords: (() => void) | undefined;
  toExpert: () => void;
  error: string | undefined;
  readOnly: boolean;
  field?: string;
  children: ReactNode;
};

/** Something that is said in words, or written by experts. */
export function Worded({ label, how, expert, inWords, toWords, toExpert, error, readOnly, field, children }: Props) {
  const { t } = useLang();
  return (
    <div role="group" aria-label={label} data-field={field}>
      <div className={classes.conditionHead}>
        <b>{label}</b>
        {readOnly ? null : (
          <Menu position="bottom-end" width={240}>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" size={28} aria-label={how}>
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item disabled={inWords || !toWords} onClick={toWords}>
                {t('workflows.condition.words')}
              </Menu.Item>
              <Menu.Item leftSection={<IconCode size={15} />} disabled={!inWords} onClick={toExpert}>
                {expert}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      {children}
      {error ? (
        <p className={classes.error} role="alert">
          {error}
        </p>
      ) : null}
    </div>
  );
}
