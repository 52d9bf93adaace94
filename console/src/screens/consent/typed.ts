// What is asked, and what the person answered, as it is typed; and the request that it makes.

import type { S } from '../../generated/schema';
import { asDay, partialDate } from '../../i18n/dates';
import type { Keys } from '../../forms/once';
import { MORE, STATEMENTS, needsInterpreter, wordingFor } from './wording';
import type { More, Statement } from './wording';

export const PURPOSES: readonly S.ConsentPurpose[] = [
  'case_management', 'contact_own_mission', 'share_with_mission', 'share_with_ngo', 'share_with_shelter_health', 'share_with_law_enforcement', 'share_with_immigration_authority', 'share_with_court', 'share_with_legal_counsel',
  'share_with_carrier_and_transit', 'family_contact_tracing', 'family_informed', 'medical_treatment_and_testing', 'interview_recording', 'photograph', 'biometrics', 'reception_in_country_of_origin', 'statistics_non_identifying',
  'research_contact', 'media',
];
export const SCOPES: readonly S.RecipientScope[] = ['organisation', 'organisation_kind', 'missions_of', 'anyone'];
export const KINDS: readonly S.OrganisationKind[] = [
  'ngo', 'shelter', 'health_service_organisation', 'diplomatic_mission', 'international_organisation', 'law_enforcement', 'immigration_service', 'court_or_prosecution', 'legal_service', 'central_government_organisation',
  'local_government_organisation', 'school_or_college', 'corporate_business', 'media',
];

/** What is done with the person here: nothing of the file goes anywhere for it. */
const INSIDE: readonly string[] = ['case_management', 'medical_treatment_and_testing', 'interview_recording', 'photograph', 'biometrics', 'statistics_non_identifying', 'research_contact'];
export const staysInside = (purpose: string): boolean => INSIDE.includes(purpose);

/** The kinds that a purpose names by itself; all others may be chosen for the rest. */
const NAMED: Readonly<Record<string, readonly S.OrganisationKind[]>> = {
  contact_own_mission: ['diplomatic_mission'],
  share_with_mission: ['diplomatic_mission'],
  share_with_shelter_health: ['shelter', 'health_service_organisation'],
  share_with_law_enforcement: ['law_enforcement'],
  share_with_immigration_authority: ['immigration_service'],
  share_with_court: ['court_or_prosecution'],
  share_with_legal_counsel: ['legal_service'],
  media: ['media'],
};
export const kindsFor = (purpose: string): readonly S.OrganisationKind[] => NAMED[purpose] ?? [];

/** The purpose that a refusal names: the server says it in its sentence alone. */
export const purposeIn = (detail: string): string => PURPOSES.find((one) => detail.split(/[^a-z_]+/).includes(one)) ?? '';

export interface Typed {
  readonly purpose: string;
  readonly recipient: string;
  readonly organisation: string;
  readonly kind: string;
  readonly country: string;
  readonly compartments: readonly string[];
  readonly until: string;
  readonly language: string;
  readonly interpreter: string;
  readonly giver: string;
  readonly capacity: string;
  readonly right: Readonly<Record<'basis' | 'by' | 'on' | 'document' | 'conflict', string>>;
  readonly child: Readonly<Record<'agrees' | 'on' | 'words' | 'explained', string>>;
  /** What was said to the person, and to what was asked: yes or no. */
  readonly told: Readonly<Partial<Record<Statement | More, 'yes' | 'no'>>>;
  /** The version of the text in which it was said. */
  readonly read: string;
  readonly answer: '' | 'granted' | 'refused';
  readonly on: string;
  readonly evidence: string;
  readonly keys: Keys;
}

export const EMPTY: Typed = {
  purpose: '', recipient: '', organisation: '', kind: '', country: '', compartments: [], until: '', language: '', interpreter: '', giver: '', capacity: '',
  right: { basis: '', by: '', on: '', document: '', conflict: '' }, child: { agrees: '', on: '', words: '', explained: '' }, told: {}, read: '', answer: '', on: '', evidence: '', keys: {},
};

/** What the answer is about: another question has no answer yet, and one that was told in another language was not told. */
const QUESTION: readonly (keyof Typed)[] = ['purpose', 'recipient', 'organisation', 'kind', 'country', 'compartments', 'until', 'giver'];
export function change(typed: Typed, to: Partial<Typed>): Typed {
  const differs = (name: keyof Typed) => name in to && JSON.stringify(to[name]) !== JSON.stringify(typed[name]);
  const isOther = QUESTION.some(differs);
  const isOtherLanguage = differs('language');
  const read = to.told ? { read: wordingFor(to.language ?? typed.language).version } : {};
  return { ...typed, ...(isOther || isOtherLanguage ? { answer: '' as const } : {}), ...(isOtherLanguage ? { told: {}, read: '' } : {}), ...read, ...to };
}

/** What was told in a text that is another one now was not told. */
export const asItReadsNow = (typed: Typed): Typed => (typed.read && typed.read !== wordingFor(typed.language).version ? { ...typed, told: {}, read: '', answer: '' } : typed);

const NOBODY = { recipient: '', organisation: '', kind: '', country: '', compartments: [] };
/** Another purpose: whom it is about and what they see is chosen anew. What stays here is about our own organisation, and opens nothing. */
export const withPurpose = (typed: Typed, purpose: string, own: string): Typed =>
  purpose === typed.purpose ? typed : change(typed, { purpose, ...NOBODY, ...(staysInside(purpose) ? { recipient: 'organisation', organisation: own } : {}) });

export const isOfAnother = (typed: Typed): boolean => typed.giver !== '' && typed.giver !== 'self';
/** By what right is asked for a parent and a guardian; a representative has a paper of another kind. */
export const asksForRight = (typed: Typed): boolean => typed.giver === 'parent' || typed.giver === 'guardian';

/** What must be said before the person can be asked, by its place. */
export function missing(typed: Typed): readonly string[] {
  const wanted: readonly (readonly [string, boolean])[] = [
    ['/purpose', !typed.purpose],
    ['/recipient', !typed.recipient],
    ['/recipient_organisation_id', typed.recipient === 'organisation' && !typed.organisation],
    ['/recipient_organisation_kind', typed.recipient === 'organisation_kind' && !typed.kind],
    ['/recipient_missions_of', typed.recipient === 'missions_of' && !typed.country],
    ['/language', !typed.language],
    ['/interpreter', needsInterpreter(typed.language) && !typed.interpreter.trim()],
    ['/given_by', !typed.giver],
    ['/capacity_note', isOfAnother(typed) && !typed.capacity.trim()],
  ];
  return wanted.filter(([, isMissing]) => isMissing).map(([pointer]) => pointer);
}

/** Whether everything was said to the person, without which nobody can agree. */
export const isTold = (typed: Typed): boolean => STATEMENTS.every((one) => typed.told[one] !== undefined);

/** The end of a day where this computer is; what is no day goes as it was typed, and the API says so at the field. */
export function endOf(text: string): string | undefined {
  if (!text.trim()) return undefined;
  const day = partialDate(text);
  if (!day || day.length < 10) return text.trim();
  const [years = 0, months = 1, days = 1] = day.split('-').map(Number);
  return new Date(years, months - 1, days, 23, 59, 59).toISOString();
}

const words = (text: string): string | undefined => text.trim() || undefined;

function disclosures(typed: Typed): S.DisclosuresInput {
  const all = [...STATEMENTS, ...MORE].map((one) => [one, typed.told[one] === 'yes'] as const);
  return Object.fromEntries(all) as unknown as S.DisclosuresInput;
}

/** By what right somebody answers; what is missing in it, the API says at its field. */
export function guardianship(right: Typed['right']): unknown {
  return { basis: right.basis || undefined, appointed_by: words(right.by), appointed_on: asDay(right.on), document: words(right.document), conflict_of_interest: right.conflict ? right.conflict === 'yes' : undefined };
}

/** What a child says; nothing, if nobody asked it. */
export function assent(child: Typed['child']): unknown {
  if (!child.agrees && !child.words.trim()) return undefined;
  return { agrees: child.agrees === 'yes' ? true : child.agrees === 'no' ? false : null, asked_on: asDay(child.on), words: words(child.words), explained_for_age: child.explained ? child.explained === 'yes' : undefined };
}

/** What is recorded. A refusal opens nothing, whatever was asked for. */
export function bodyOf(typed: Typed): S.CreateConsent {
  const isYes = typed.answer === 'granted';
  return {
    purpose: typed.purpose as S.ConsentPurpose,
    answer: typed.answer as S.ConsentAnswer,
    recipient: typed.recipient as S.RecipientScope,
    ...(typed.recipient === 'organisation' ? { recipient_organisation_id: typed.organisation } : {}),
    ...(typed.recipient === 'organisation_kind' ? { recipient_organisation_kind: typed.kind as S.OrganisationKind } : {}),
    ...(typed.recipient === 'missions_of' ? { recipient_missions_of: typed.country as S.Country } : {}),
    compartments: isYes ? (typed.compartments as readonly S.Compartment[]) : [],
    given_on: asDay(typed.on),
    expires_at: isYes ? endOf(typed.until) : undefined,
    given_by: typed.giver as S.ConsentGiver,
    capacity_note: words(typed.capacity),
    disclosures: disclosures(typed),
    language: typed.language || undefined,
    wording: typed.read ? { language: wordingFor(typed.language).language, version: typed.read } : undefined,
    interpreter: words(typed.interpreter),
    evidence: words(typed.evidence),
    ...(asksForRight(typed) && (typed.right.basis || isYes) ? { guardianship: guardianship(typed.right) as S.GuardianshipInput } : {}),
    ...(assent(typed.child) ? { assent: assent(typed.child) as S.AssentInput } : {}),
  };
}
