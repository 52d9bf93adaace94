// Languages by their names in the language of the page.

import { language, said } from '.';
import type { Choice } from './countries';

/** Those that are spoken at these counters. */
const SPOKEN = ['km', 'th', 'my', 'vi', 'lo', 'id', 'ms', 'zh', 'en', 'fil', 'tl', 'ceb', 'hi', 'bn', 'ur', 'ne', 'si', 'ta', 'te', 'pa', 'ar', 'fa', 'am', 'om', 'ti', 'sw', 'lg', 'rw', 'fr', 'pt', 'es', 'ru', 'uz', 'kk', 'ky', 'mn', 'ja', 'ko', 'yue', 'nan'];

export function languageName(code: string | null | undefined): string {
  if (!code) return '–';
  return said(`language.${code}`) ?? new Intl.DisplayNames([language.value], { type: 'language' }).of(code) ?? code;
}

/** To choose from: what the person speaks stands first, the best first. */
export function languagesSpoken(theirs: readonly string[] = []): readonly Choice[] {
  const others = SPOKEN.filter((code) => !theirs.includes(code)).map((value) => ({ value, text: languageName(value) }));
  return [...theirs.map((value) => ({ value, text: languageName(value) })), ...others.sort((one, other) => one.text.localeCompare(other.text, language.value))];
}
