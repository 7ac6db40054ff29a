import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLang } from '@/shared/i18n';
import { Failed, usePageTitle } from '@/shared/ui/Page';
import { factorsQuery } from './api';
import { Authenticator } from './Authenticator';
import { PasswordSection } from './PasswordSection';
import { Passkeys } from './Passkeys';
import { Recovery } from './Recovery';

/** Everything about how one comes in. */
export function AccountSecurityPage() {
  const { t } = useLang();
  usePageTitle(t('account.security'));
  const factors = useQuery(factorsQuery);
  return (
    <>
      <PasswordSection />
      {factors.isError ? (
        <Failed error={factors.error} retry={() => void factors.refetch()} />
      ) : factors.data ? (
        <>
          <Authenticator state={factors.data} />
          <Passkeys state={factors.data} />
          <Recovery state={factors.data} />
        </>
      ) : (
        <>
          <Skeleton h={110} />
          <Skeleton h={110} />
        </>
      )}
    </>
  );
}
