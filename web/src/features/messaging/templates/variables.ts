import type { Lookup } from '@/shared/i18n';
import type { Language } from '../api';

/** What can stand in a text, as the server knows it, with an example in each language. */
const samples = {
  'patient.givenName': ['Lina', 'لينا'],
  'patient.name': ['Lina Haddad', 'لينا حداد'],
  'appointment.date': ['Sunday, 2 June 2030', 'الأحد 2 يونيو 2030'],
  'appointment.time': ['09:00', '09:00'],
  'appointment.service': ['Consultation', 'استشارة'],
  'appointment.provider': ['Dr. Omar', 'د. عمر'],
  'appointment.location': ['Al Olaya', 'العليا'],
  'visit.link': ['https://…/v#…', 'https://…/v#…'],
  'practice.name': ['Alpha Clinic', 'عيادة ألفا'],
  'practice.phone': ['+966 11 234 5678', '+966 11 234 5678'],
  'practice.email': ['hello@example.com', 'hello@example.com'],
  'practice.bookingLink': ['https://…/book/alpha', 'https://…/book/alpha'],
} as const satisfies Record<string, readonly [string, string]>;

export type Variable = keyof typeof samples;
export const variables = Object.keys(samples) as Variable[];
export const sampleOf = (name: Variable, language: Language) => samples[name][language === 'ar' ? 1 : 0];

/** How a variable stands in a text. */
export const variableText = (name: string) => `{{ ${name} }}`;

export const variableName = ({ lookup }: { lookup: Lookup }, name: Variable) => lookup(`messages.variable.${name}`) ?? name;

/** The text with something put where one was writing, and where one goes on. */
export function insertAt(text: string, piece: string, from: number, to: number): { text: string; caret: number } {
  const before = text.slice(0, from);
  const gap = before && !/\s$/.test(before) ? ' ' : '';
  return { text: `${before}${gap}${piece}${text.slice(to)}`, caret: before.length + gap.length + piece.length };
}
