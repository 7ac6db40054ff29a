import { Button, Select, UnstyledButton } from '@mantine/core';
import { IconHourglass, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { namesOf } from '@/features/patients/person';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { formatDate } from '@/shared/i18n/format';
import { DataList } from '@/shared/ui/DataList';
import { More } from '@/shared/ui/More';
import { Empty, Failed } from '@/shared/ui/Page';
import type { Names } from '../useNames';
import { type WishItem, type WishStatus, wishesQuery } from './api';
import classes from './Waitlist.module.css';
import { timesText } from './wishText';

const shelves = ['waiting', 'fulfilled', 'withdrawn'] as const satisfies readonly WishStatus[];

type Props = { names: Names; onOpen: (id: string) => void; onNew: (() => void) | undefined };

/** Who waits for what. */
export function Wishes({ names, onOpen, onNew }: Props) {
  const { t, lang } = useLang();
  const { timeZone } = useSession().practice;
  const [status, setStatus] = useState<WishStatus>('waiting');
  const [serviceId, setService] = useState<string | null>(null);
  const list = useInfiniteQuery(wishesQuery({ status, ...(serviceId ? { serviceId } : {}) }));
  const rows = list.data?.pages.flatMap((page) => page.items);
  const nameOf = (wish: WishItem) => namesOf(wish.patient, lang);
  const withWhom = (wish: WishItem) => (wish.providerIds.length ? wish.providerIds.map(names.personName).join(lang === 'ar' ? '، ' : ', ') : t('scheduling.book.anybody'));
  return (
    <>
      <div className={classes.filters}>
        <div className={classes.shelves} role="group" aria-label={t('waitlist.wishes.status')}>
          {shelves.map((shelf) => (
            <UnstyledButton key={shelf} className={classes.shelf} aria-pressed={shelf === status} onClick={() => setStatus(shelf)}>
              {t(`waitlist.wishes.${shelf}`)}
            </UnstyledButton>
          ))}
        </div>
        <Select aria-label={t('scheduling.book.service')} placeholder={t('waitlist.wishes.anyService')} data={names.serviceChoices} value={serviceId} onChange={setService} clearable searchable w={220} />
      </div>
      {list.error && !rows ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : rows && !rows.length ? (
        <Empty
          icon={<IconHourglass size={26} stroke={1.6} />}
          title={t(status === 'waiting' && !serviceId ? 'waitlist.wishes.empty' : 'waitlist.wishes.none')}
          text={t('waitlist.wishes.emptyText')}
          action={onNew ? <Button leftSection={<IconPlus size={16} />} onClick={onNew}>{t('waitlist.wish.new')}</Button> : undefined}
        />
      ) : (
        <DataList
          rows={rows}
          keyOf={(wish) => wish.id}
          label={t('waitlist.wishes.title')}
          nameLabel={t('scheduling.book.patient')}
          nameOf={nameOf}
          badge={(wish) => (wish.urgent ? t('waitlist.urgent') : undefined)}
          columns={[
            { label: t('scheduling.book.service'), cell: (wish) => <bdi>{names.serviceName(wish.serviceId)}</bdi> },
            { label: t('waitlist.wish.with'), cell: (wish) => <bdi>{withWhom(wish)}</bdi> },
            { label: t('waitlist.wish.when'), cell: (wish) => [timesText(t, lang, wish), wish.givesUpId ? t('waitlist.movesUp') : ''].filter(Boolean).join(' · ') },
            { label: t('waitlist.wishes.since'), cell: (wish) => <span className="tnum">{formatDate(lang, timeZone, wish.createdAt)}</span> },
          ]}
          details={(wish) => [names.serviceName(wish.serviceId), timesText(t, lang, wish)].join(' · ')}
          onOpen={(wish) => onOpen(wish.id)}
        />
      )}
      <More list={list} below />
    </>
  );
}
