import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLang } from '@/shared/i18n';
import classes from './SideDrawer.module.css';

type Props = { title: ReactNode; onClose: () => void; children: ReactNode; wide?: boolean | undefined };

/** The one drawer: at the end side (left in Arabic), full width on a phone, closes with Escape. */
export function SideDrawer({ title, onClose, children, wide = false }: Props) {
  const { t } = useLang();
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={wide ? 720 : 460}
      padding="lg"
      title={title}
      classNames={{ title: classes.title, content: classes.content, body: classes.body }}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {children}
    </Drawer>
  );
}
