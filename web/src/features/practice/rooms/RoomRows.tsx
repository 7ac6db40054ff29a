import { ActionIcon, Badge, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconGripVertical } from '@tabler/icons-react';
import { useState } from 'react';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import { useReorder } from '@/shared/ui/useReorder';
import { ColourDot } from '@/shared/ui/ColourField';
import { localName, otherName } from '../names';
import { type Room, useOrderRooms } from './api';
import { inOrder } from './order';
import classes from './RoomsPage.module.css';

type Props = { rooms: Room[]; label: string; canWrite: boolean; onOpen: (room: Room) => void };

/** The rooms of one location, in the order in which the calendar will show them. */
export function RoomRows({ rooms, label, canWrite, onOpen }: Props) {
  const { t, lang } = useLang();
  const textOf = useErrorText();
  const arrange = useOrderRooms();
  const [news, setNews] = useState('');
  const sorted = inOrder(rooms);
  // what was asked for stands until the server has it
  const ids = arrange.isPending ? arrange.variables : sorted.map((r) => r.id);
  const { listRef, order, heldId, handle } = useReorder({
    ids,
    onOrder: (next, moved) => {
      const room = rooms.find((r) => r.id === moved);
      if (room) setNews(t('rooms.movedTo', { name: localName(room, lang), place: next.indexOf(moved) + 1, count: next.length }));
      arrange.mutate(next, { onError: (error) => toast.failed(textOf(error)) });
    },
  });
  const rows = order.map((id) => rooms.find((r) => r.id === id)).filter((r) => r !== undefined);

  return (
    <>
      <ul ref={listRef} className={classes.rows} aria-label={label}>
        {rows.map((room) => {
          const name = localName(room, lang);
          const other = otherName(room, lang);
          return (
            <li key={room.id} data-id={room.id} data-held={heldId === room.id || undefined} className={classes.row}>
              {canWrite ? (
                <ActionIcon variant="subtle" color="gray" size={36} className={classes.handle} aria-label={t('rooms.move', { name })} {...handle(room.id)}>
                  <IconGripVertical size={18} stroke={1.7} />
                </ActionIcon>
              ) : null}
              <UnstyledButton data-row className={classes.open} onClick={() => onOpen(room)}>
                <ColourDot colour={room.colour} />
                <span className={classes.names}>
                  <b>
                    <bdi>{name}</bdi>
                  </b>
                  {other ? (
                    <span>
                      <bdi>{other}</bdi>
                    </span>
                  ) : null}
                </span>
                <Badge radius="sm" className={classes.kind}>
                  {t(`rooms.kind.${room.kind}`)}
                </Badge>
              </UnstyledButton>
            </li>
          );
        })}
      </ul>
      <VisuallyHidden role="status">{news}</VisuallyHidden>
    </>
  );
}
