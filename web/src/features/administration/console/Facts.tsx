import { Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './ConsolePage.module.css';

export type Fact = { label: ReactNode; value: ReactNode };

/** Names and values, side by side. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(({ label, value }, at) => (
        <div key={at}>
          <dt>{label}</dt>
          <dd>{value ?? '–'}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.section} aria-label={title}>
      <div className={classes.sectionHead}>
        <Title order={2} fz="md">
          {title}
        </Title>
        {aside}
      </div>
      {children}
    </section>
  );
}
