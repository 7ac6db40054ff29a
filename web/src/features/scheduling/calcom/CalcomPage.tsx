import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { Gate } from '@/shared/ui/Gate';
import { Failed, PageHeader } from '@/shared/ui/Page';
import { Section, Sections, SectionsWaiting } from '@/shared/ui/Sections';
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
        <Sections>
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
        </Sections>
      ) : found.error ? (
        <Failed error={found.error} retry={() => void found.refetch()} />
      ) : (
        <SectionsWaiting heights={[120, 260]} />
      )}
    </>
  );
}

