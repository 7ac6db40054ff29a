import { useQuery } from '@tanstack/react-query';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { Gate } from '@/shared/ui/Gate';
import { Failed, PageHeader } from '@/shared/ui/Page';
import { Section, Sections, SectionsWaiting } from '@/shared/ui/Sections';
import { channelsQuery, settingsQuery } from './api';
import { ChannelForm } from './ChannelForm';
import { Reminders } from './Reminders';
import { Suppressions } from './Suppressions';
import { When } from './When';

export function MessagingPage() {
  return (
    <Gate title="nav.messaging" needs="messages.read">
      <Loaded />
    </Gate>
  );
}

/** By whom messages go out, which go out by themselves and when, and who gets none. */
function Loaded() {
  const { t } = useLang();
  const can = useCan();
  const seesChannels = can('integrations.read');
  const channels = useQuery({ ...channelsQuery, enabled: seesChannels });
  const settings = useQuery(settingsQuery);
  const failed = settings.error ?? channels.error;
  const [email, sms] = (['email', 'sms'] as const).map((channel) => channels.data?.find((one) => one.channel === channel));
  return (
    <>
      <PageHeader title={t('nav.messaging')} sub={t('nav.about.messaging')} />
      {settings.data && (email || !seesChannels) ? (
        <Sections readOnly={!can('messages.configure')}>
          <Section title="messages.rules" text="messages.rulesText">
            <Reminders />
          </Section>
          {email ? (
            <Section title="messages.settings.email" text="messages.settings.emailText">
              <ChannelForm key={`${email.version}`} settings={email} canWrite={can('integrations.write')} />
            </Section>
          ) : null}
          {sms ? (
            <Section title="messages.settings.sms" text="messages.settings.smsText">
              <ChannelForm key={`${sms.version}`} settings={sms} canWrite={can('integrations.write')} />
            </Section>
          ) : null}
          <Section title="messages.settings.when" text="messages.settings.whenText">
            <When key={settings.data.version} settings={settings.data} canWrite={can('messages.configure')} />
          </Section>
          <Section title="messages.suppressions" text="messages.suppressionsText">
            <Suppressions />
          </Section>
        </Sections>
      ) : failed ? (
        <Failed error={failed} retry={() => void Promise.all([settings.refetch(), seesChannels ? channels.refetch() : undefined])} />
      ) : (
        <SectionsWaiting heights={[180, 260]} />
      )}
    </>
  );
}
