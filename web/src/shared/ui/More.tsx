import { Button } from '@mantine/core';
import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import { useLang } from '@/shared/i18n';
import classes from './ListPage.module.css';

type Props = {
  list: Pick<UseInfiniteQueryResult, 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage'>;
  /** Below the list's card, and not its last line. */
  below?: boolean;
};

/** Fetches the next page of a list, while there is one. */
export function More({ list, below = false }: Props) {
  const { t } = useLang();
  if (!list.hasNextPage) return null;
  return (
    <div className={classes.more} data-below={below || undefined}>
      <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        {t('list.more')}
      </Button>
    </div>
  );
}
