// The words of the console. A key that is not in the catalogue does not compile; a language is here only if it is complete.

import { signal } from '@preact/signals';
import type { S } from '../generated/schema';
import { LANGUAGES, core, words } from './areas';
import type { Area, Key, Words } from './areas';
import { evaluate, parse } from './evaluate';
import type { Values } from './evaluate';

export type { Area, Key };

const RIGHT_TO_LEFT = new Set(['ar', 'ur', 'fa', 'he']);

export const language = signal('en');
const catalogue = signal<Words>(core);
const onHand = new Set<'core' | Area>(['core']);
export const languages = (): readonly string[] => [...LANGUAGES.keys()];
/** A language by its own name. */
export const ownName = (one: string): string => LANGUAGES.get(one) ?? one;
/** What a catalogue says where the browser knows no better, such as the names of countries in Khmer. */
export const said = (key: string): string | undefined => catalogue.value[key];

/** Loads what screens of these areas say. Fails where it cannot be loaded. */
export async function speak(areas: readonly Area[]): Promise<void> {
  const missing = areas.filter((area) => !onHand.has(area));
  if (!missing.length) return;
  const into = language.value;
  const loaded = await Promise.all(missing.map((area) => words(into, area)));
  // Another language may have been chosen meanwhile: its words are wanted, and those of this one would stand among them.
  if (language.value !== into) return speak(areas);
  for (const area of missing) onHand.add(area);
  catalogue.value = Object.assign({}, catalogue.value, ...loaded) as Words;
}

export async function choose(wanted: string): Promise<void> {
  const to = LANGUAGES.has(wanted) ? wanted : 'en';
  const areas = [...onHand];
  const loaded = await Promise.all(areas.map((area) => words(to, area)));
  // A screen may have come meanwhile, with words of the language before.
  if (onHand.size > areas.length) return choose(to);
  catalogue.value = Object.assign({}, ...loaded) as Words;
  language.value = to;
  document.documentElement.lang = to;
  document.documentElement.dir = RIGHT_TO_LEFT.has(to) ? 'rtl' : 'ltr';
}

/** The first language of the browser that is here. */
export const preferred = (): string => navigator.languages.map((one) => one.split('-')[0] ?? '').find((one) => languages().includes(one)) ?? 'en';

const read = new Map<string, ReturnType<typeof parse>>();

export function t(key: Key, values: Values = {}): string {
  // What is asked for before its words are there is spelled out; a screen is shown with them.
  const text = catalogue.value[key] ?? spelled(key.slice(key.lastIndexOf('.') + 1));
  let parts = read.get(text);
  if (!parts) {
    parts = parse(text);
    read.set(text, parts);
  }
  return evaluate(parts, values, language.value);
}

const isKey = (key: string): key is Key => key in catalogue.value;

/** The label of a code. One that is not known came with a newer server: it is shown, and never dropped. */
export function label(list: string, code: string | null | undefined): string {
  if (code === null || code === undefined || code === '') return '–';
  const key = `${list}.${code}`;
  return isKey(key) ? t(key) : spelled(code);
}

/** Codes with their labels, to be chosen from. */
export const labelled = (list: string, codes: readonly string[]): readonly { readonly value: string; readonly text: string }[] => codes.map((value) => ({ value, text: label(list, value) }));

/** `informed_of_rights_on` as words. */
export function spelled(code: string): string {
  const words = code.replaceAll('_', ' ').replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The sentence for a code, in the words of this language; else what the server says. */
export const sentence = (list: string, code: string, told: string, values: Values = {}): string => (isKey(`${list}.${code}`) ? t(`${list}.${code}` as Key, values) : told);

/** Every code of these lists has a label, or this does not compile. */
type Labelled<List extends string, Code extends string> = Readonly<Record<`${List}.${Code}`, string>>;
type Complete = Labelled<'stage', S.StageCode> &
  Labelled<'side_state', S.SideStateCode> &
  Labelled<'target', S.TargetCode> &
  Labelled<'gender', S.GenderCode> &
  Labelled<'risk', S.RiskLevelCode> &
  Labelled<'status', S.CaseStatusCode> &
  Labelled<'task', S.TaskKindCode> &
  Labelled<'task_hint', S.TaskKindCode> &
  Labelled<'custody', S.DocumentCustody> &
  Labelled<'channel', S.IntakeChannel> &
  Labelled<'finding', S.TraffickingStatusCode> &
  Labelled<'immigration', S.ImmigrationStatusCode> &
  Labelled<'role', S.RoleCode> &
  Labelled<'compartment', S.CompartmentCode> &
  Labelled<'hold', S.HoldReason> &
  Labelled<'match', S.MatchFieldCode> &
  Labelled<'outcome', S.MatchOutcomeCode> &
  Labelled<'apart', S.ApartCode> &
  Labelled<'consent.purpose', S.ConsentPurposeCode> &
  Labelled<'consent.recipient', S.RecipientScopeCode> &
  Labelled<'consent.status', S.ConsentStatusCode> &
  Labelled<'consent.answer', S.ConsentAnswerCode> &
  Labelled<'consent.given_by', S.ConsentGiverCode> &
  Labelled<'consent.basis', S.GuardianBasis> &
  Labelled<'sharing.kind', S.OrganisationKindCode> &
  Labelled<'sharing.service', S.ReferralServiceCode> &
  Labelled<'sharing.urgency', S.ReferralUrgencyCode> &
  Labelled<'sharing.status', S.ReferralStatusCode> &
  Labelled<'sharing.kind_of_handing', S.ReferralKindCode> &
  Labelled<'sharing.event', S.AccessEventKindCode> &
  Labelled<'sharing.verdict', S.ReviewVerdictCode> &
  Labelled<'sharing.age', S.AgeBandCode> &
  Labelled<'sharing.road', S.CoarseStatusCode> &
  Labelled<'embassy.decision', S.PersonDecisionCode> &
  Labelled<'embassy.follows', S.PersonDecisionCode> &
  Labelled<'embassy.initiator', S.ContactInitiatorCode> &
  Labelled<'reports.sum', S.ReconciliationStatusCode> &
  Labelled<'lists.state', S.ImportStateCode> &
  Labelled<'lists.row', S.RowStateCode> &
  Labelled<'lists.decide', S.RowDecisionCode> &
  Labelled<'lists.alike', S.AlikeCode> &
  Labelled<'lists.order', S.DateOrderCode> &
  Labelled<'lists.short_years', S.ShortYearsCode> &
  Labelled<'lists.day_cells', S.DayCellsCode> &
  Labelled<'lists.kept', S.KeptBecauseCode>;
const complete = (said: Record<Key, string>): Complete => said;
void complete;
