import { lazy } from 'react';
import { wantTexts } from '@/shared/i18n';

/** The drawer with its words, wherever it is opened from. */
export const TaskDrawer = lazy(async () => {
  const [module] = await Promise.all([import('./TaskDrawer'), ...(['patients', 'scheduling', 'tasks'] as const).map(wantTexts)]);
  return { default: module.TaskDrawer };
});
