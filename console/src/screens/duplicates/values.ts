// What stands in a field of two people who may be one, in words. The API shows every kind of value there.

import { label, t } from '../../i18n';
import { country } from '../../i18n/countries';
import { shownDay } from '../../i18n/dates';
import { languageName } from '../../i18n/languages';

type Facts = Readonly<Record<string, unknown>>;
const isFacts = (value: unknown): value is Facts => typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value));

/** One entry of a list, or the value itself. */
function one(field: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return '';
  if (isFacts(value)) {
    if (field.endsWith('.documents')) return [label('document', text(value.kind)), text(value.number), value.issuing_country ? country(text(value.issuing_country)) : '', value.custody ? label('custody', text(value.custody)) : ''].filter(Boolean).join(', ');
    if (field.endsWith('.phones')) return `${text(value.number)} (${value.safe ? t('case.safe') : t('case.unsafe')})`;
    if (field.endsWith('.age_estimate')) return t('birth.age', { from: text(value.from_years), to: text(value.to_years) });
    if ('name' in value) return text(value.name);
    return Object.values(value).map((part) => one('', part)).filter(Boolean).join(', ');
  }
  if (field.endsWith('_date')) return shownDay(text(value));
  if (field.endsWith('.languages')) return languageName(text(value));
  if (field.endsWith('.habitual_residence')) return country(text(value));
  return text(value);
}

/** A value in words, an entry each where it is a list; nothing where nothing is known. */
export function shownParts(field: string, value: unknown): readonly string[] {
  const parts = Array.isArray(value) ? value.map((entry) => one(field, entry)) : [one(field, value)];
  return parts.filter(Boolean);
}

/** Fields of which both values can be kept: lists, and notes that stand below each other. */
export const isJoined = (field: string): boolean => ['aliases', 'languages', 'documents', 'phones', 'emails', 'home_address', 'safe_contact_instructions'].includes(field.split('.').at(-1) ?? '');
