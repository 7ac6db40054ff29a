import { isPlace, type Place } from './steps';

/** Which step is on screen; without one it goes on where it was left. */
export type WelcomeSearch = { step?: Place };

export const validateWelcomeSearch = (search: Record<string, unknown>): WelcomeSearch => (isPlace(search.step) ? { step: search.step } : {});
