import { type UseFormReturnType } from '@mantine/form';
import type { Lang } from '@/shared/i18n';

export type SignUpValues = {
  practiceName: string;
  slug: string;
  country: string | null;
  timeZone: string | null;
  currency: string | null;
  language: Lang;
  ownerName: string;
  email: string;
  password: string;
};
export type SignUpForm = UseFormReturnType<SignUpValues>;
type Field = keyof SignUpValues;

/** Four decisions, one at a time. */
export const steps = [
  { key: 'practice', fields: ['practiceName', 'slug'] },
  { key: 'place', fields: ['country', 'timeZone', 'currency', 'language'] },
  { key: 'you', fields: ['ownerName', 'email'] },
  { key: 'password', fields: ['password'] },
] as const satisfies readonly { key: string; fields: readonly Field[] }[];

export const signUpFields: readonly Field[] = steps.flatMap((step) => step.fields);

/** The first step that has something to correct: there the person is taken. */
export function stepToCorrect(errors: Partial<Record<string, unknown>>): number | undefined {
  const at = steps.findIndex((step) => step.fields.some((field) => errors[field]));
  return at < 0 ? undefined : at;
}

export const startValues = (language: Lang): SignUpValues => ({
  practiceName: '',
  slug: '',
  country: 'SA',
  timeZone: 'Asia/Riyadh',
  currency: 'SAR',
  language,
  ownerName: '',
  email: '',
  password: '',
});
