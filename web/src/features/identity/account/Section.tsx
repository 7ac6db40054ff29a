import { Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import classes from './Account.module.css';

type Props = { title: string; text?: ReactNode; action?: ReactNode; children?: ReactNode };

/** One matter of the account, with what there is to do about it at its end. */
export function Section({ title, text, action, children }: Props) {
  const id = useId();
  return (
    <section className={classes.card} aria-labelledby={id}>
      <div className={classes.head}>
        <div>
          <Title order={2} fz={16} id={id}>
            {title}
          </Title>
          {text ? <p className={classes.text}>{text}</p> : null}
        </div>
        {action}
      </div>
      {children ? <div className={classes.body}>{children}</div> : null}
    </section>
  );
}
