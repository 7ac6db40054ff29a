import { IconClockPause, IconLinkOff } from '@tabler/icons-react';
import { type ComponentType, lazy, Suspense, useState } from 'react';
import { hasCode } from '@/shared/api/problem';
import { useMailedToken } from '@/shared/auth/mailedToken';
import { useLang, wantTexts } from '@/shared/i18n';
import type { Opened } from './api';
import { Check } from './Check';
import { Frame, Note } from './Frame';
import { VisitView } from './VisitView';

/** Where the links lead that patients are sent. */
export const LINK = '/v';

/** What is behind a link: `onEnded` when the server does not know it (any more), or asks again who it is. */
export type ViewProps = { opened: Opened; onEnded: (error: unknown) => void };
const OfferView = lazy(async () => {
  const [module] = await Promise.all([import('../offer/OfferView'), wantTexts('offer')]);
  return { default: module.OfferView };
});
/** By what the link is for. */
const views: Record<Opened['purpose'], ComponentType<ViewProps>> = { appointment: VisitView, offer: OfferView };

export function LinkPage() {
  const token = useMailedToken(LINK);
  // another link in the same window begins from the start
  return token ? <Door key={token} token={token} /> : <Closed />;
}

function Door({ token }: { token: string }) {
  const [opened, setOpened] = useState<Opened>();
  const [error, setError] = useState<unknown>();
  const end = (why: unknown) => {
    setError(why);
    setOpened(undefined);
  };
  if (hasCode(error, 'patient_link.refused')) return <Closed />;
  if (hasCode(error, 'patient_link.locked')) return <Locked minutes={Math.ceil((error.retryAfterSeconds ?? 60) / 60)} />;
  if (!opened) return <Check token={token} again={hasCode(error, 'auth.token_expired')} onOpened={setOpened} onEnded={end} />;
  const View = views[opened.purpose];
  return (
    <Suspense>
      <View opened={opened} onEnded={end} />
    </Suspense>
  );
}

function Closed() {
  const { t } = useLang();
  return (
    <Frame title={t('visitLink.closed')}>
      <Note tone="warn" icon={<IconLinkOff size={24} stroke={1.7} />}>
        <p>{t('visitLink.closedText')}</p>
      </Note>
    </Frame>
  );
}

function Locked({ minutes }: { minutes: number }) {
  const { t } = useLang();
  return (
    <Frame title={t('visitLink.locked')}>
      <Note tone="warn" icon={<IconClockPause size={24} stroke={1.7} />}>
        <p>{t('visitLink.lockedText', { count: minutes })}</p>
      </Note>
    </Frame>
  );
}
