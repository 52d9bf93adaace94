// What is read to the person, in the language in which it is read: no words of the console, which speaks the language of the staff.

import english from '../../../consent/en.json';
import type { S } from '../../generated/schema';
import { evaluate, parse } from '../../i18n/evaluate';
import type { Values } from '../../i18n/evaluate';

export type Wording = Omit<typeof english, 'reviewed'> & {
  /** Who looked over it, a lawyer and an interpreter; null: nobody yet. */
  readonly reviewed: string | null;
};

const WORDINGS: readonly Wording[] = [english];

/** The wording of a language, or null: then somebody interprets the English one. */
export const wordingIn = (language: string): Wording | null => WORDINGS.find((one) => one.language === language.split('-')[0]) ?? null;
export const wordingFor = (language: string): Wording => wordingIn(language) ?? english;

/** Whether somebody must interpret: there is no wording in the language of the person. */
export const needsInterpreter = (language: string): boolean => language !== '' && wordingIn(language) === null;

/** A sentence of a wording, with what is put in. */
export const said = (wording: Wording, text: string, values: Values = {}): string => evaluate(parse(text), values, wording.language);

type Told = keyof typeof english.told;
type Asked = keyof typeof english.ask;
export type Statement = Told | Asked;
/** The seven of IOM's screening form, in the order in which one says them. */
export const STATEMENTS: readonly Statement[] = [
  'informed_of_purpose', 'consents_to_interview', 'informed_of_data_use', 'informed_of_storage_period', 'informed_of_right_to_data', 'informed_of_withdrawal', 'informed_of_research_use',
];
/** One is asked, and answered with yes or no; the others are told. */
export const isAsked = (statement: Statement): statement is Asked => statement in english.ask;
export const sentenceOf = (wording: Wording, statement: Statement): string => (isAsked(statement) ? wording.ask[statement] : wording.told[statement]);

/** What is said beside them. */
export type More = keyof typeof english.more;
export const MORE: readonly More[] = ['help_does_not_depend_on_consent', 'recipients_named', 'limits_of_confidentiality', 'transfer_to_another_country', 'how_to_complain'];

/** Every purpose, recipient and part of a case has its words, or this does not compile. */
type Complete = {
  readonly question: Readonly<Record<S.ConsentPurpose, string>>;
  readonly recipient: Readonly<Record<S.RecipientScope, string>>;
  readonly kind: Readonly<Record<S.OrganisationKind, string>>;
  readonly compartment: Readonly<Record<S.Compartment, string>>;
} & Readonly<Record<'told' | 'ask' | 'more', Readonly<Partial<Record<keyof S.DisclosuresInput, string>>>>>;
const complete = (wording: Wording): Complete => wording;
void complete;
