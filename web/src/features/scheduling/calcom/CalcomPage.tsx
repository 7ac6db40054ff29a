import { Skeleton, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useCan } from '@/shared/auth/session';
import { type MessageId, useLang } from '@/shared/i18n';
import { Gate } from '@/shared/ui/Gate';
import { Failed, PageHeader } from '@/shared/ui/Page';
import rules from '../rules/Rules.module.css';
import { useNames } from '../useNames';
import { connectionQuery } from './api';
import { Connection } from './Connection';
import { Mappings } from './Mappings';
import { Needs } from './Needs';
import { Sandbox } from './Sandbox';
import { Webhook } from './Webhook';

export function CalcomPage() {
  return (
    <Gate title="nav.calcom" needs="integrations.read">
      <Loaded />
    </Gate>
  );
}

function Loaded() {
  const { t } = useLang();
  const names = useNames();
  const navigate = useNavigate();
  const found = useQuery(connectionQuery);
  const canWrite = useCan()('integrations.write');
  const open = (appointment: string) => void navigate({ to: '/today', search: { appointment } as never });
  const settings = found.data;
  return (
    <>
      <PageHeader title={t('nav.calcom')} sub={t('scheduling.calcom.sub')} />
      {settings ? (
        <div className={rules.sections}>
          {settings.version ? (
            <Section title="scheduling.calcom.needs" text="scheduling.calcom.needsText">
              <Needs names={names} onOpen={open} />
            </Section>
          ) : null}
          <Section title="scheduling.calcom.connection" text="scheduling.calcom.connectionText">
            <Connection key={settings.version} settings={settings} canWrite={canWrite} />
          </Section>
          {settings.version ? (
            <>
              <Section title="scheduling.calcom.mapping" text="scheduling.calcom.mappingText">
                <Mappings settings={settings} names={names} canWrite={canWrite} />
              </Section>
              {settings.provider === 'calcom' ? (
                <Section title="scheduling.calcom.webhook" text="scheduling.calcom.webhookText">
                  <Webhook settings={settings} canWrite={canWrite} />
                </Section>
              ) : (
                <Section title="scheduling.calcom.try" text="scheduling.calcom.tryText">
                  <Sandbox names={names} canWrite={canWrite} />
                </Section>
              )}
            </>
          ) : null}
        </div>
      ) : found.error ? (
        <Failed error={found.error} retry={() => void found.refetch()} />
      ) : (
        <div className={rules.sections}>
          <Skeleton h={120} radius={12} />
          <Skeleton h={260} radius={12} />
        </div>
      )}
    </>
  );
}

function Section({ title, text, children }: { title: MessageId; text: MessageId; children: ReactNode }) {
  const { t } = useLang();
  return (
    <section className={rules.section} aria-labelledby={title}>
      <div className={rules.about}>
        <Title order={2} id={title} className={rules.title}>
          {t(title)}
        </Title>
        <p>{t(text)}</p>
      </div>
      <div className={rules.fields}>{children}</div>
    </section>
  );
}
