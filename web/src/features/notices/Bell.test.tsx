import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { setLang } from '@/shared/i18n';
import { theme } from '@/shared/theme/theme';
import { unreadQuery } from './api';
import { Bell } from './Bell';

function called(unread: number) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  client.setQueryData(unreadQuery.queryKey, unread as never);
  const { unmount } = render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={client}>
        <Bell />
      </QueryClientProvider>
    </MantineProvider>,
  );
  const bell = screen.getByRole('button');
  const told = [bell.getAttribute('aria-label'), bell.textContent];
  unmount();
  return told;
}

it('says how many are unread as it shows them, and no number that nobody would count', async () => {
  await setLang('en');
  expect(called(0)).toEqual(['Notices', '']);
  expect(called(99)).toEqual(['Notices: 99 unread', '99']);
  expect(called(100)).toEqual(['Notices: 99+ unread', '99+']);
  await setLang('ar');
  expect(called(240)[0]).toContain('99+');
});
