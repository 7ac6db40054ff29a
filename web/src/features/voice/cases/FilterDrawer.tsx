import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { Filter } from '@/shared/filter/filter';
import { useLang } from '@/shared/i18n';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import type { Field } from '../api';
import { filterFields } from './filterFields';
import { useFilterWords } from './useFilterWords';

const FilterForm = lazy(() => import('@/shared/filter/FilterForm').then((m) => ({ default: m.FilterForm })));

type Props = { fields: Field[]; filter: Filter | undefined; onApply: (filter: Filter | undefined) => void; onClose: () => void };

/** Which cases to show, condition by condition. */
export function FilterDrawer({ fields, ...rest }: Props) {
  const { t } = useLang();
  const words = useFilterWords(fields);
  return (
    <SideDrawer title={t('filter.title')} onClose={rest.onClose} wide>
      <Suspense fallback={<Skeleton h={160} />}>
        <FilterForm fields={filterFields(fields)} words={words} apply={t('cases.filter.apply')} {...rest} />
      </Suspense>
    </SideDrawer>
  );
}
