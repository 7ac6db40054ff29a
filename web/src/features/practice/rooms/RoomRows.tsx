import { Badge } from '@mantine/core';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { localName, otherName } from '@/shared/names';
import { ColourDot } from '@/shared/ui/ColourField';
import { ReorderList, RowNames } from '@/shared/ui/ReorderList';
import { toast } from '@/shared/ui/toast';
import { type Room, useOrderRooms } from './api';
import { inOrder } from './order';
import classes from './RoomsPage.module.css';

type Props = { rooms: Room[]; label: string; canWrite: boolean; onOpen: (room: Room) => void };

/** The rooms of one location, in the order in which the calendar will show them. */
export function RoomRows({ rooms, label, canWrite, onOpen }: Props) {
  const { t, lang } = useLang();
  const textOf = useErrorText();
  const arrange = useOrderRooms();
  const sorted = inOrder(rooms);
  // what was asked for stands until the server has it
  const rows = arrange.isPending ? arrange.variables.map((id) => rooms.find((room) => room.id === id)!) : sorted;
  return (
    <ReorderList
      rows={rows}
      label={label}
      canWrite={canWrite}
      nameOf={(room) => localName(room, lang)}
      onOpen={onOpen}
      onOrder={(ids) => arrange.mutate(ids, { onError: (error) => toast.failed(textOf(error)) })}
    >
      {(room) => (
        <>
          <ColourDot colour={room.colour} />
          <RowNames name={localName(room, lang)} other={otherName(room, lang) ? <bdi>{otherName(room, lang)}</bdi> : null} />
          <Badge radius="sm" className={classes.kind}>
            {t(`rooms.kind.${room.kind}`)}
          </Badge>
        </>
      )}
    </ReorderList>
  );
}
