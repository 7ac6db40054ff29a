import { useQuery } from '@tanstack/react-query';
import type { Entry } from '@/features/patients/api';
import { taskQuery } from '../api';

/** Which task it was that something happened with. */
export function TaskOfEntry({ entry, className }: { entry: Entry; className: string | undefined }) {
  const told = entry.changes.find(({ field }) => field === 'title')?.after;
  const task = useQuery({ ...taskQuery(entry.resourceId), enabled: typeof told !== 'string' }).data;
  const title = typeof told === 'string' ? told : task?.title;
  return title ? (
    <div className={className}>
      <bdi>{title}</bdi>
    </div>
  ) : null;
}
