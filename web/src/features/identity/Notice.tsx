import { ThemeIcon } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './Outside.module.css';

type Props = { icon: ReactNode; tone?: 'good' | 'bad'; children: ReactNode; action?: ReactNode };

/** What became of it, and the one thing to do next. */
export function Notice({ icon, tone = 'good', children, action }: Props) {
  return (
    <div className={classes.notice} role="status">
      <ThemeIcon size={48} radius="xl" variant="light" color={tone === 'good' ? 'brand' : 'orange'}>
        {icon}
      </ThemeIcon>
      <div className={classes.noticeText}>{children}</div>
      {action}
    </div>
  );
}
