import { Badge, Button, Menu } from '@mantine/core';
import { IconChevronDown, IconCircleCheck, IconCircleX, IconHourglass, IconShieldCheck } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { type Eligibility, type Policy, useVerifyPolicy } from './api';
import classes from './Insurance.module.css';

export function EligibilityBadge({ eligibility }: { eligibility: Eligibility }) {
  const { t } = useLang();
  return (
    <Badge radius="sm" className={classes.badge} data-eligibility={eligibility}>
      {t(`insurance.eligibility.${eligibility}`)}
    </Badge>
  );
}

/** In which order a policy pays, in words. */
export function useRankText() {
  const { t } = useLang();
  return (rank: number) => (rank === 1 ? t('insurance.rank.first') : rank === 2 ? t('insurance.rank.second') : t('insurance.rank.nth', { rank }));
}

const answers = [
  { eligibility: 'active', icon: IconCircleCheck },
  { eligibility: 'inactive', icon: IconCircleX },
  { eligibility: 'pending', icon: IconHourglass },
] as const;

type VerifyProps = { policy: Pick<Policy, 'id' | 'version' | 'payer'>; size?: string };

/** What the company said when it was asked, written down with one choice. */
export function VerifyMenu({ policy, size = 'xs' }: VerifyProps) {
  const { t } = useLang();
  const textOf = useErrorText();
  const verify = useVerifyPolicy();
  const say = (eligibility: Eligibility) =>
    verify.mutateAsync({ id: policy.id, version: policy.version, eligibility }).then(
      () => toast.done(t('insurance.verified')),
      (error: unknown) => toast.failed(textOf(error)),
    );
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <Button
          variant="light"
          size={size}
          loading={verify.isPending}
          leftSection={<IconShieldCheck size={16} stroke={1.8} />}
          rightSection={<IconChevronDown size={14} />}
          aria-label={t('insurance.verifyOne', { payer: policy.payer })}
          className={classes.verify ?? ''}
        >
          {t('insurance.verify')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('insurance.said')}</Menu.Label>
        {answers.map(({ eligibility, icon: Icon }) => (
          <Menu.Item key={eligibility} leftSection={<Icon size={16} stroke={1.8} />} onClick={() => void say(eligibility)}>
            {t(`insurance.say.${eligibility}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
