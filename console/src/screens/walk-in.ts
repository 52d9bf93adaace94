// What is asked of a walk-in, and what it becomes for the API. Nothing that was not asked is guessed.

import type { S } from '../generated/schema';
import { label } from '../i18n';
import { age, ascii, asDay, today } from '../i18n/dates';

export interface WalkIn {
  readonly given: string;
  readonly family: string;
  readonly script: string;
  readonly birth: string;
  readonly gender: string;
  readonly custody: string;
  readonly number: string;
  readonly phone: string;
  readonly safe: boolean;
  readonly needs: readonly string[];
  readonly host: string;
  readonly nationality: string;
  readonly channel: string;
}

export const EMPTY: WalkIn = { given: '', family: '', script: '', birth: '', gender: '', custody: '', number: '', phone: '', safe: false, needs: [], host: '', nationality: '', channel: '' };

export const CUSTODIES: readonly S.DocumentCustody[] = [
  'with_person', 'held_by_trafficker', 'lost', 'destroyed', 'seized_by_police', 'held_by_mission', 'held_by_ngo', 'held_by_recruiter', 'held_by_immigration', 'court_exhibit', 'pawned', 'unknown',
];
export const CHANNELS: readonly S.IntakeChannel[] = [
  'walk_in_embassy', 'walk_in_ngo', 'raid', 'hotline', 'family_report', 'referral', 'detention_visit', 'border_reception', 'social_media', 'authority_notification', 'police_handover', 'hospital',
  'airport_interception', 'online_form', 'another_mission', 'arrival_in_country_of_origin', 'other',
];
export const NEEDS = ['none', 'food', 'shelter', 'medical', 'safety', 'phone', 'clothes'] as const;

/** Whether nothing of a person was typed. */
export const isEmpty = (form: WalkIn): boolean => ![form.given, form.family, form.script, form.birth, form.gender, form.custody, form.number, form.phone].some(Boolean) && !form.needs.length;

export const nameOf = (form: WalkIn): string => [form.given, form.family].map((part) => part.trim()).filter(Boolean).join(' ') || form.script.trim();

/** Composed letters, without the space around them. */
const written = (text: string): string | undefined => text.normalize('NFC').trim() || undefined;

function birthOf(text: string): Pick<S.IdentityInput, 'birth_date' | 'age_estimate'> {
  if (!text.trim()) return {};
  const years = age(text);
  // What is no day goes as it was typed: the API says at the field what is wrong with it.
  return years ? { age_estimate: { ...years, estimated_on: today() } } : { birth_date: asDay(text) };
}

export function bodyOf(form: WalkIn): S.CreateCase {
  const hasDocument = form.custody || form.number.trim();
  const document_ = { kind: 'passport', custody: form.custody || 'unknown', number: written(ascii(form.number)) } as S.IdentityDocumentInput;
  const body: S.CreateCase = {
    host_country: form.host as S.Country,
    intake_channel: (form.channel || 'other') as S.IntakeChannel,
    identity: { given_name: written(form.given), family_name: written(form.family), original_script_name: written(form.script), ...birthOf(form.birth), ...(hasDocument ? { documents: [document_] } : {}) },
  };
  return {
    ...body,
    ...(form.nationality ? { nationality_claimed: form.nationality as S.Nationality } : {}),
    ...(form.gender ? { gender: form.gender as S.Gender } : {}),
    ...(form.phone.trim() ? { contact: { phones: [{ number: form.phone.trim(), safe: form.safe }] } } : {}),
    ...(form.needs.length ? { health: { immediate_needs: form.needs.map((need) => label('need', need)).join(', ') } } : {}),
  };
}

/** Whether a text was typed with the Zawgyi font, whose code points mean other letters in Unicode. It is said, and never converted. */
export const looksZawgyi = (text: string): boolean => /[\u1060-\u1097]|\u1031[\u103b\u107e-\u1084]|\u1039($|[^\u1000-\u1021])/.test(text);
