// A person as they are described to others, and what is sent of it.

import type { S } from '../../generated/schema';
import { ascii, asDay } from '../../i18n/dates';

export const EMPTY = { name: '', birth: '', nationality: '', gender: '', number: '', phone: '' };
export type Typed = typeof EMPTY;
/** As many of them must be known: less would find out who is registered by trying. */
export const FEWEST = 3;

/** How many are said. */
export const stated = (typed: Typed): number => Object.values(typed).filter((value) => value.trim()).length;

export function bodyOf(typed: Typed): S.BlindSearch {
  const facts = {
    name: typed.name.normalize('NFC').trim(),
    birth_date: asDay(typed.birth),
    nationality: typed.nationality,
    gender: typed.gender,
    document_number: ascii(typed.number).trim(),
    phone: ascii(typed.phone).trim(),
  };
  return { person: Object.fromEntries(Object.entries(facts).filter(([, value]) => value)) as S.DescribedPerson };
}
