import type { Schemas } from '@/shared/api/problem';

export type Status = Schemas['AppointmentStatus'];
type Stage = Pick<Schemas['Appointment'], 'status' | 'confirmedAt' | 'checkedOutAt'>;

/** From the left to the right, as a visit goes. */
export const columns = ['booked', 'arrived', 'seated', 'done', 'out'] as const;
export type Column = (typeof columns)[number];

/** What is asked of the server: another status, or that the patient has left. */
export type Step = { status: Exclude<Status, 'cancelled'> } | { checkOut: true };

/** Where a visit stands on the board; one that does not take place stands nowhere. */
export function columnOf({ status, checkedOutAt }: Stage): Column | undefined {
  switch (status) {
    case 'scheduled':
    case 'confirmed':
      return 'booked';
    case 'arrived':
      return 'arrived';
    case 'in_chair':
      return 'seated';
    case 'completed':
      return checkedOutAt ? 'out' : 'done';
    default:
      return undefined;
  }
}

export function nextColumn(of: Stage): Column | undefined {
  const now = columnOf(of);
  return now && columns[columns.indexOf(now) + 1];
}

/** What brings a visit into a column, one after the other; nothing where it is there already or does not take place. */
export function stepsTo(column: Column, of: Stage): Step[] {
  const now = columnOf(of);
  if (!now || now === column) return [];
  switch (column) {
    case 'booked':
      return [{ status: of.confirmedAt ? 'confirmed' : 'scheduled' }];
    case 'arrived':
      return [{ status: 'arrived' }];
    case 'seated':
      return [{ status: 'in_chair' }];
    case 'done':
      // whoever has left is back when the treatment goes on
      return now === 'out' ? [{ status: 'in_chair' }, { status: 'completed' }] : [{ status: 'completed' }];
    case 'out':
      return now === 'done' ? [{ checkOut: true }] : [{ status: 'completed' }, { checkOut: true }];
  }
}

/** What takes back that a visit went from one stage to another. */
export function stepsBack(before: Stage, now: Stage): Step[] {
  const [from, to] = [columnOf(now), columnOf(before)];
  if (before.status === 'cancelled') return [];
  return to && from && to !== from && to !== 'booked' ? stepsTo(to, now) : [{ status: before.status }];
}
