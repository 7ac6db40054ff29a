import { Alert, Skeleton, Title } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { type MessageId, useLang } from '@/shared/i18n';
import classes from './Sections.module.css';

/** The parts of a page of settings, below a word for those who may only look. */
export function Sections({ readOnly = false, children }: { readOnly?: boolean; children: ReactNode }) {
  const { t } = useLang();
  return (
    <div className={classes.sections}>
      {readOnly ? (
        <Alert color="gray" variant="light" icon={<IconEye />} py="xs">
          {t('form.readOnly')}
        </Alert>
      ) : null}
      {children}
    </div>
  );
}

/** What stands there while the parts are on their way. */
export function SectionsWaiting({ heights = [200, 320] }: { heights?: number[] }) {
  return (
    <Sections>
      {heights.map((height) => (
        <Skeleton key={height} h={height} radius={12} />
      ))}
    </Sections>
  );
}

/** A part, with what it is about beside it. */
export function Section({ title, text, children }: { title: MessageId; text: MessageId; children: ReactNode }) {
  const { t } = useLang();
  return (
    <section className={classes.section} aria-labelledby={title}>
      <div className={classes.about}>
        <Title order={2} id={title} className={classes.title}>
          {t(title)}
        </Title>
        <p>{t(text)}</p>
      </div>
      <div className={classes.fields}>{children}</div>
    </section>
  );
}
