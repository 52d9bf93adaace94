// The facts of a case that are changed most: as they stand in the form, and what of them is sent.

import type { S } from '../generated/schema';
import { age, ascii, asDay, today } from '../i18n/dates';
import type { Flat } from './merge';
import { isSame } from './merge';

/** Where each field stands in the body, and the compartment that must be open for it. */
export const FIELDS = {
  given_name: ['/identity/given_name', 'identity'],
  family_name: ['/identity/family_name', 'identity'],
  original_script_name: ['/identity/original_script_name', 'identity'],
  birth: ['/identity/birth_date', 'identity'],
  gender: ['/gender', ''],
  nationality: ['/nationality_claimed', ''],
  custody: ['/identity/documents', 'identity'],
  number: ['/identity/documents/number', 'identity'],
  phone: ['/contact/phones', 'contact'],
  safe: ['/contact/phones/safe', 'contact'],
  immigration: ['/immigration_status', ''],
  skipped: ['/screening_skipped', ''],
  risk: ['/risk_level', ''],
  needs: ['/health/immediate_needs', 'health'],
  safe_contact: ['/contact/safe_contact_instructions', 'contact'],
} as const;
export type Name = keyof typeof FIELDS;
export const NAMES = Object.keys(FIELDS) as Name[];

/** Whether a field that a requirement names, such as `identity.birth_date`, is in the form. */
export const isEditable = (field: string): boolean => NAMES.some((name) => FIELDS[name][0] === `/${field.replaceAll('.', '/')}`);

function birthText(identity: S.Identity | undefined): string {
  const years = identity?.age_estimate;
  if (identity?.birth_date) return identity.birth_date;
  return years ? `~${years.from_years}-${years.to_years}` : '';
}

/** The passport is the one that is asked for at the counter; other papers stay as they are. */
const passportAt = (file: S.CaseFile): number => (file.identity?.documents ?? []).findIndex((one) => one.kind === 'passport');

export function flat(file: S.CaseFile): Flat {
  const passport = file.identity?.documents?.[passportAt(file)];
  const phone = file.contact?.phones?.[0];
  const all: Record<Name, string> = {
    given_name: file.identity?.given_name ?? '',
    family_name: file.identity?.family_name ?? '',
    original_script_name: file.identity?.original_script_name ?? '',
    birth: birthText(file.identity),
    gender: file.gender,
    nationality: file.nationality_claimed ?? '',
    custody: passport?.custody ?? '',
    number: passport?.number ?? '',
    phone: phone?.number ?? '',
    safe: phone ? (phone.safe ? 'yes' : 'no') : '',
    immigration: file.immigration_status,
    skipped: file.screening_skipped ?? '',
    risk: file.risk_level,
    needs: file.health?.immediate_needs ?? '',
    safe_contact: file.contact?.safe_contact_instructions ?? '',
  };
  // A closed compartment is neither shown nor sent, not even as null.
  return Object.fromEntries(NAMES.filter((name) => !(file.redacted as readonly string[]).includes(FIELDS[name][1])).map((name) => [name, all[name]]));
}

function birthPatch(text: string): Record<string, unknown> {
  const years = age(text);
  if (years) return { birth_date: null, age_estimate: { ...years, estimated_on: today() } };
  return { birth_date: asDay(text) ?? null, age_estimate: null };
}

const DOCUMENT = ['kind', 'custody', 'custody_since', 'number', 'issuing_state', 'issued_on', 'expires_on'] as const;

/** The papers with this passport among them: the API replaces the list as a whole, so all of it is sent. */
function documents(file: S.CaseFile, mine: Flat): readonly unknown[] {
  const kept = (file.identity?.documents ?? []).map((one) => Object.fromEntries(DOCUMENT.map((name) => [name, one[name]])));
  const at = passportAt(file);
  const [custody, number] = [mine.custody ?? '', ascii(mine.number ?? '').normalize('NFC').trim()];
  const written = { custody: custody || 'unknown', number: number || null };
  if (at < 0) return custody || number ? [...kept, { kind: 'passport', ...written }] : kept;
  return kept.map((one, place) => (place === at ? { ...one, ...written } : one));
}

/** The numbers with the first one as it is now. Without a number there is nothing that could be safe. */
function phones(file: S.CaseFile, mine: Flat): readonly unknown[] {
  const others = (file.contact?.phones ?? []).slice(1).map(({ number, safe }) => ({ number, safe }));
  const number = (mine.phone ?? '').trim();
  return number ? [{ number, safe: mine.safe === 'yes' }, ...others] : others;
}

/** Only what was touched, against the file that it was typed on: null clears, absent keeps. */
export function patchOf(file: S.CaseFile, mine: Flat): S.UpdateCase {
  const base = flat(file);
  const patch: Record<string, Record<string, unknown> | string | null> = {};
  for (const name of NAMES) {
    const value = mine[name];
    if (value === undefined || isSame(value, base[name])) continue;
    const [, first = '', second] = FIELDS[name][0].split('/');
    const written = value.normalize('NFC').trim() || null;
    const part = (): Record<string, unknown> => {
      switch (name) {
        case 'birth': return birthPatch(value);
        case 'custody':
        case 'number': return { documents: documents(file, mine) };
        case 'phone':
        case 'safe': return { phones: phones(file, mine) };
        default: return { [second ?? '']: written };
      }
    };
    patch[first] = second ? { ...(patch[first] as object | undefined), ...part() } : written;
  }
  return patch as S.UpdateCase;
}
