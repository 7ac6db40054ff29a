import { dirOf } from '@/shared/i18n';
import type { Language } from './api';

/** What is Latin in any language. */
const FOREIGN = /\{\{.*?\}\}|\{%.*?%\}|https?:\/\/\S+/g;

/**
 * In which direction a text runs: as most of its words do. An Arabic message that begins with the Latin name of a practice
 * is still Arabic, and what somebody writes in English while Arabic is chosen is not. Without words as the language does.
 */
export function directionOf(text: string, language: Language): 'ltr' | 'rtl' {
  const words = text.replace(FOREIGN, '');
  const arabic = words.match(/[\u0600-\u06ff]/g)?.length ?? 0;
  const latin = words.match(/[A-Za-z]/g)?.length ?? 0;
  if (!arabic && !latin) return dirOf(language);
  return arabic * 2 >= latin ? 'rtl' : 'ltr';
}
