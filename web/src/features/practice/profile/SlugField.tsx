import { Loader, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLang } from '@/shared/i18n';
import { isSlug } from '@/shared/slug';
import { slugTakenQuery } from './api';
import { webAddress } from './draft';
import classes from './ProfilePage.module.css';

const TYPING_MS = 400;

type Props = { bound: Record<string, unknown> & { value?: string; error?: ReactNode }; now: { slug: string }; readOnly: boolean; onChange: (slug: string) => void };

/** The practice's address, with whether it is free and where it leads. */
export function SlugField({ bound, now, readOnly, onChange }: Props) {
  const { t } = useLang();
  const slug = String(bound.value ?? '');
  const [settled] = useDebouncedValue(slug, TYPING_MS);
  const other = slug !== now.slug && isSlug(slug);
  const check = useQuery({ ...slugTakenQuery(settled), enabled: other && settled === slug, retry: false });
  const known = other && settled === slug ? check.data : undefined;
  const address = isSlug(slug) ? webAddress(slug, now, location) : undefined;
  return (
    <div>
      <TextInput
        {...bound}
        readOnly={readOnly}
        className="ownDirection"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={40}
        onChange={(e) => onChange(e.currentTarget.value.toLowerCase())}
        error={bound.error ?? (known === true ? t('problem.practice.slug_taken') : undefined)}
        rightSection={other && known === undefined && !check.isError ? <Loader size={16} /> : known === false ? <IconCheck size={18} className={classes.free} aria-hidden /> : null}
      />
      <div className={classes.address} role="status">
        {known === false ? <span className={classes.free}>{t('profile.slugFree')}</span> : null}
        {address ? (
          <span>
            {t(other ? 'profile.willBeAt' : 'profile.isAt')} <bdi className="ltr">{address}</bdi>
          </span>
        ) : null}
      </div>
    </div>
  );
}
