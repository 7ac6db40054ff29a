import { Alert } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { hasCode } from '@/shared/api/problem';
import { useLang } from '@/shared/i18n';
import { toast } from '@/shared/ui/toast';
import { linkExternal, providersQuery } from '../api';
import { useIdentityErrorText } from '../words';
import type { Outcome } from './external';

/** Says what came of signing in with another provider, and what to do now. */
export function ExternalOutcome({ outcome }: { outcome: Outcome }) {
  const { t } = useLang();
  const { data: providers = [] } = useQuery(providersQuery);
  const name = providers[0]?.name ?? t('external.provider');
  return (
    <Alert color={outcome === 'unknown' ? 'blue' : 'orange'} role="status" py="xs" title={t(`external.${outcome}.title`, { name })}>
      {t(`external.${outcome}.text`, { name })}
    </Alert>
  );
}

/**
 * After somebody got in with their own password or invitation: whom a provider vouched for a moment ago is linked to
 * the account, so that the provider is enough from now on. Nothing happens when no provider did.
 */
export function useLinkExternal() {
  const { t } = useLang();
  const client = useQueryClient();
  const textOf = useIdentityErrorText();
  return async () => {
    const providers = await client.ensureQueryData(providersQuery).catch(() => []);
    const [provider] = providers;
    if (!provider) return;
    try {
      await linkExternal();
      toast.done(t('external.linked', { name: provider.name }));
    } catch (error) {
      if (!hasCode(error, 'auth.external_nothing')) toast.failed(textOf(error));
    }
  };
}
