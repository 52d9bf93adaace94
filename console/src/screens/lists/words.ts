// What is said of a list and its rows. Reasons that mean the same to whoever keeps a spreadsheet are said in one sentence.

import type { S } from '../../generated/schema';
import { sentence, spelled, t } from '../../i18n';
import type { Choice } from '../../i18n/countries';

const FIELDS: readonly S.ImportField[] = [
  'row_key', 'full_name', 'given_name', 'middle_name', 'family_name', 'alias', 'birth_date', 'age', 'birth_place', 'gender', 'nationality', 'passport_number', 'passport_custody', 'national_id_number',
  'phone', 'other_phone', 'email', 'home_address', 'home_street', 'home_city', 'home_state', 'home_postal_code', 'home_country', 'safe_contact_instructions', 'host_country', 'intake_channel', 'risk_level',
  'exit_mode', 'exited_on', 'trafficking_status', 'immigration_status', 'facility', 'immediate_needs', 'medical_notes', 'exploitation_types', 'scam_types', 'control_methods', 'recruitment_methods',
  'months_exploited', 'notes',
];

export const fieldName = (field: string): string => sentence('field', field, spelled(field));
/** Everything that a column can be, by its name. */
export const fields = (): readonly Choice[] => FIELDS.map((value) => ({ value, text: fieldName(value) }));

/** What is told of a row, at its cell: in the words in which it would be told of a person alone. */
export const noted = (note: S.Note): string => sentence('violation', note.code, note.message);

const OTHERS: Readonly<Record<string, string>> = { encrypted: 'old_spreadsheet', not_text: 'undecodable' };

/** Why the work on a list ended before its end. A file that is refused for what is not said here is none that could be mended. */
export function stopped({ state, stopped_because: code }: S.Import): string {
  const other = t(state === 'refused' ? 'lists.why.no_list' : 'lists.why.failed');
  return code ? sentence('lists.why', /too_/.test(code) ? 'too_much' : (OTHERS[code] ?? code), other) : '';
}

/** What was left out while the file was read, with how much, or what. */
export const leftOut = (list: S.Import): readonly string[] =>
  list.assumed.flatMap(({ told, detail: much }) => {
    const said = sentence('lists.told', told, '');
    return said ? [`${said}: ${much}`] : [];
  });

/** A text of somebody else between words of ours, in its own direction. */
export const apart = (text: string): string => `\u2068${text}\u2069`;
