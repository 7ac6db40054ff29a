import { lazy } from 'react';
import { wantTexts } from '@/shared/i18n';

/** The drawer with its words: wanted seldom. */
export const NoticesDrawer = lazy(async () => {
  const [module] = await Promise.all([import('./NoticesDrawer'), wantTexts('notices')]);
  return { default: module.NoticesDrawer };
});
