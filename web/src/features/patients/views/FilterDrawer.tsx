import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import type { Filter } from '@/shared/filter/filter';
import { useLang } from '@/shared/i18n';
import { Failed } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { fieldsQuery } from './api';
import { useFilterWords } from './useFilterWords';

const FilterForm = lazy(() => import('@/shared/filter/FilterForm').then((m) => ({ default: m.FilterForm })));

type Props = { filter: Filter | null | undefined; onApply: (filter: Filter | undefined) => void; onClose: () => void };

/** Which patients to show, condition by condition. */
export function FilterDrawer(props: Props) {
  const { t } = useLang();
  const words = useFilterWords();
  const fields = useQuery(fieldsQuery);
  return (
    <SideDrawer title={t('filter.title')} onClose={props.onClose} wide>
      {fields.data ? (
        <Suspense fallback={<Skeleton h={160} />}>
          <FilterForm fields={fields.data} words={words} apply={t('filter.apply')} {...props} />
        </Suspense>
      ) : fields.error ? (
        <Failed error={fields.error} retry={() => void fields.refetch()} />
      ) : (
        <Skeleton h={160} />
      )}
    </SideDrawer>
  );
}
