import type { Schemas } from '@/shared/api/problem';

export type Colour = Schemas['Service']['colour'];
export const colours = ['slate', 'teal', 'blue', 'violet', 'green', 'amber', 'red', 'pink'] as const satisfies readonly Colour[];
