import { Drawer } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { useLang } from '@/shared/i18n';
import classes from './SideDrawer.module.css';

/** `light`: what lies behind stays readable. */
type Props = { title: ReactNode; onClose: () => void; children: ReactNode; wide?: boolean | undefined; light?: boolean };

const opened: object[] = [];

/** Whether a drawer lies above all others, which is asked when it is about to close: a key concerns that one only. */
function useOnTop() {
  const [me] = useState(() => ({}));
  useEffect(() => {
    opened.push(me);
    return () => void opened.splice(opened.indexOf(me), 1);
  }, [me]);
  return () => opened.at(-1) === me;
}

/** The one drawer: at the end side (left in Arabic), full width on a phone, closes with Escape. */
export function SideDrawer({ title, onClose, children, wide = false, light = false }: Props) {
  const { t } = useLang();
  const onTop = useOnTop();
  return (
    <Drawer
      opened
      onClose={() => (onTop() ? onClose() : undefined)}
      position="right"
      size={wide ? 720 : 460}
      padding="lg"
      {...(light ? { overlayProps: { backgroundOpacity: 0.15 } } : {})}
      title={title}
      classNames={{ title: classes.title, content: classes.content, body: classes.body }}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {children}
    </Drawer>
  );
}
