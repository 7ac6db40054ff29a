import { useQuery } from '@tanstack/react-query';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { CopyField } from '@/shared/ui/CopyField';
import { Gate } from '@/shared/ui/Gate';
import { Failed, PageHeader } from '@/shared/ui/Page';
import { Section, Sections, SectionsWaiting } from '@/shared/ui/Sections';
import { keysQuery, retellQuery } from './api';
import { Keys } from './Keys';
import { RetellAgents } from './RetellAgents';
import { RetellConnection } from './RetellConnection';

/** With whom the practice telephones: keys of those who connect, recognise, answer and speak, and Retell. */
export function CallingPage() {
  return (
    <Gate title="nav.calling" needs="integrations.read">
      <Loaded />
    </Gate>
  );
}

function Loaded() {
  const { t } = useLang();
  const { practice } = useSession();
  const keys = useQuery(keysQuery);
  const retell = useQuery(retellQuery);
  const canWrite = useCan()('integrations.write');
  const failed = keys.error ?? retell.error;
  return (
    <>
      <PageHeader title={t('nav.calling')} sub={t('calling.sub')} />
      {keys.data && retell.data ? (
        <Sections>
          <Section title="calling.keys" text="calling.keysText">
            <Keys keys={keys.data} canWrite={canWrite} />
          </Section>
          <Section title="calling.inbound" text="calling.inboundText">
            <CopyField label={t('calling.inboundUrl')} value={`${window.location.origin}/hooks/numbers/${practice.id}`} />
          </Section>
          <Section title="calling.retell" text="calling.retellText">
            <RetellConnection key={retell.data.version} settings={retell.data} canWrite={canWrite} />
          </Section>
          {retell.data.version ? (
            <Section title="calling.agents" text="calling.agentsText">
              <RetellAgents settings={retell.data} canWrite={canWrite} />
            </Section>
          ) : null}
        </Sections>
      ) : failed ? (
        <Failed error={failed} retry={() => void Promise.all([keys.refetch(), retell.refetch()])} />
      ) : (
        <SectionsWaiting heights={[160, 90, 240]} />
      )}
    </>
  );
}
