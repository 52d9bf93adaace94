// A request as it is typed, and what is sent of it: nothing that was not said.

import type { S } from '../../generated/schema';
import { ascii, asDay } from '../../i18n/dates';

export const EMPTY = { relation: '', name: '', others: '', birth: '', nationality: '', gender: '', number: '', phone: '', description: '', on: '', contact: '', reported: '', behalf: '' };
export type Typed = typeof EMPTY;

const words = (text: string): string => text.normalize('NFC').trim();
const filled = (facts: Readonly<Record<string, unknown>>) => Object.fromEntries(Object.entries(facts).filter(([, value]) => value && (!Array.isArray(value) || value.length)));

/** What was typed, and nothing that was not. */
export function bodyOf(typed: Typed): S.CreateTracingRequest {
  const sought = filled({
    birth_date: asDay(typed.birth),
    nationality: typed.nationality,
    gender: typed.gender,
    document_number: ascii(typed.number).trim(),
    phone: ascii(typed.phone).trim(),
    description: words(typed.description),
    other_names: typed.others.split('\n').map(words).filter(Boolean).map((name) => ({ name })),
  });
  const known = filled({ last_contact_on: asDay(typed.on), last_contact: words(typed.contact), reported_to: words(typed.reported), on_behalf_of: words(typed.behalf) });
  return { relation: typed.relation as S.TracingRelation, details: { sought: { name: words(typed.name), ...sought }, ...known } };
}
