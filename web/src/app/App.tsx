import { DirectionProvider, MantineProvider, useDirection } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { onRecovered } from '@/shared/api/connection';
import { dirOf, useLang } from '@/shared/i18n';
import { cssVariablesResolver, theme } from '@/shared/theme/theme';
import { ConnectionBanner } from './ConnectionBanner';
import { followSession } from './follow';
import { queryClient } from './queryClient';
import { router } from './router';
import { followTabs } from './tabs';

// what is said before they are there waits for them
const Toasts = lazy(() => import('./Toasts').then((m) => ({ default: m.Toasts })));

const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';
// the scroll lock of dialogs reads this global for its <style> tag
(globalThis as Record<string, unknown>).__webpack_nonce__ = nonce;

function SyncDirection() {
  const { lang } = useLang();
  const { setDirection } = useDirection();
  useEffect(() => setDirection(dirOf(lang)), [lang, setDirection]);
  return null;
}

export function App() {
  useEffect(() => onRecovered(() => void queryClient.invalidateQueries()), []);
  useEffect(() => followTabs(queryClient, router), []);
  useEffect(() => followSession(queryClient, router), []);
  return (
    <DirectionProvider initialDirection={document.documentElement.dir === 'rtl' ? 'rtl' : 'ltr'} detectDirection={false}>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto" getStyleNonce={() => nonce}>
        <SyncDirection />
        <QueryClientProvider client={queryClient}>
          <Suspense>
            <Toasts />
          </Suspense>
          <ConnectionBanner />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </DirectionProvider>
  );
}
