// What a request says of whoever is looked for, in words.

import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { country } from '../../i18n/countries';
import { shownDay } from '../../i18n/dates';

export const RELATIONS: readonly S.TracingRelation[] = ['family', 'mission', 'ngo', 'other'];

export const otherNames = (names: readonly S.Alias[] | null): string => (names ?? []).map((one) => one.name).join('; ');

/** A row each: what it is, what was said, and by which code of a comparison it is looked up. */
export type Row = readonly [name: string, value: string | null | undefined, field?: S.MatchFieldCode];

/** Who is looked for. */
export const soughtRows = (sought: S.SoughtPerson): readonly Row[] => [
  [t('tracing.name'), sought.name, 'name'],
  [t('tracing.other_names'), otherNames(sought.other_names)],
  [t('tracing.birth'), sought.birth_date ? shownDay(sought.birth_date) : null, 'birth_date'],
  [t('tracing.nationality'), sought.nationality ? country(sought.nationality) : null, 'nationality'],
  [t('tracing.gender'), sought.gender ? label('gender', sought.gender) : null, 'gender'],
  [t('tracing.document_number'), sought.document_number, 'document_number'],
  [t('tracing.phone'), sought.phone, 'phone'],
  [t('tracing.description'), sought.description],
];

/** Who asks, and what they know. */
export const askedRows = (details: S.TracingDetails): readonly Row[] => [
  [t('tracing.on_behalf_of'), details.on_behalf_of],
  [t('tracing.last_contact_on'), details.last_contact_on ? shownDay(details.last_contact_on) : null],
  [t('tracing.last_contact'), details.last_contact],
  [t('tracing.reported_to'), details.reported_to],
];
