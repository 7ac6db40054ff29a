import { Badge } from '@mantine/core';
import { useLang } from '@/shared/i18n';
import type { WorkflowItem } from './api';
import classes from './StatusBadge.module.css';

/** Whether it runs by itself. */
export function StatusBadge({ status }: { status: WorkflowItem['status'] }) {
  const { t } = useLang();
  return (
    <Badge radius="sm" className={classes.status} data-status={status}>
      {t(`workflows.status.${status}`)}
    </Badge>
  );
}
