import { Select, Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconLock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { timeZoneName } from '@/shared/i18n/format';
import { Empty, Failed, PageHeader, usePageTitle } from '@/shared/ui/Page';
import { PHONE } from '@/shared/ui/phone';
import { hoursQuery, type Owner } from './api';
import { HoursEditor } from './HoursEditor';
import classes from './HoursPage.module.css';
import { useOwners } from './useOwners';

const route = getRouteApi('/inside/settings/hours');

export function HoursPage() {
  const { t } = useLang();
  usePageTitle(t('hours.title'));
  if (useCan()('hours.read')) return <OfOwner />;
  return (
    <>
      <PageHeader title={t('hours.title')} />
      <Empty icon={<IconLock size={26} stroke={1.6} />} title={t('forbidden.title')} text={t('forbidden.text')} />
    </>
  );
}

function OfOwner() {
  const { t, lang } = useLang();
  const can = useCan();
  const { user, practice } = useSession();
  const { owner = 'practice' } = route.useSearch();
  const navigate = route.useNavigate();
  const owners = useOwners();
  const hours = useQuery(hoursQuery(owner));
  const phone = useMediaQuery(PHONE, matchMedia(PHONE).matches, { getInitialValueInEffect: false });
  const mayWrite = can('hours.write') || (can('hours.write_own') && owner === `provider:${user.id}`);

  const go = (next: Owner | null) => void navigate({ search: next && next !== 'practice' ? { owner: next } : {} });
  const chooser = (
    <Select
      label={t('hours.of')}
      className={classes.owner}
      data={owners.options}
      value={owner}
      onChange={go}
      allowDeselect={false}
      searchable
      nothingFoundMessage={t('search.nothing')}
    />
  );
  return (
    <>
      <PageHeader title={t('hours.title')} sub={t('hours.zone', { zone: timeZoneName(lang, hours.data?.timeZone ?? practice.timeZone) })} />
      {hours.data ? (
        <HoursEditor
          key={hours.data.owner}
          loaded={hours.data}
          axis={phone ? 'rows' : 'columns'}
          readOnly={!mayWrite}
          parent={hours.data.from ? owners.nameOf(hours.data.from) : practice.name}
          chooser={chooser}
        />
      ) : (
        <div className={classes.card}>
          <div className={classes.tools}>{chooser}</div>
          {hours.isError ? <Failed error={hours.error} retry={() => void hours.refetch()} /> : <Skeleton h={480} radius={0} />}
        </div>
      )}
    </>
  );
}
