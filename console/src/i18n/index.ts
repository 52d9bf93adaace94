// The words of the console. A key that is not in the catalogue does not compile; a language is here only if it is complete.

import { signal } from '@preact/signals';
import type { S } from '../generated/schema';
import en from '../../i18n/en.json';
import { evaluate, parse } from './evaluate';
import type { Values } from './evaluate';

export type Catalogue = Readonly<Record<keyof typeof en, string>>;
export type Key = keyof Catalogue;

/** Languages beside English, each loaded when it is chosen: `{ km: () => import('../../i18n/km.json') }`. */
const OTHERS: Readonly<Record<string, () => Promise<{ readonly default: Catalogue }>>> = {};
const RIGHT_TO_LEFT = new Set(['ar', 'ur', 'fa', 'he']);

export const language = signal('en');
const catalogue = signal<Catalogue>(en);
export const languages = (): readonly string[] => ['en', ...Object.keys(OTHERS)];

export async function choose(wanted: string): Promise<void> {
  const load = OTHERS[wanted];
  catalogue.value = load ? (await load()).default : en;
  language.value = load ? wanted : 'en';
  document.documentElement.lang = language.value;
  document.documentElement.dir = RIGHT_TO_LEFT.has(language.value) ? 'rtl' : 'ltr';
}

/** The first language of the browser that is here. */
export const preferred = (): string => navigator.languages.map((one) => one.split('-')[0] ?? '').find((one) => languages().includes(one)) ?? 'en';

const read = new Map<string, ReturnType<typeof parse>>();

export function t(key: Key, values: Values = {}): string {
  const text = catalogue.value[key];
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

/** `informed_of_rights_on` as words. */
export function spelled(code: string): string {
  const words = code.replaceAll('_', ' ').replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The sentence for a code, in the words of this language; else what the server says. */
export const sentence = (list: string, code: string, told: string): string => (isKey(`${list}.${code}`) ? t(`${list}.${code}` as Key) : told);

/** Every code of these lists has a label, or this does not compile. */
type Labelled<List extends string, Code extends string> = Readonly<Record<`${List}.${Code}`, string>>;
const complete: Labelled<'stage', S.StageCode> &
  Labelled<'side_state', S.SideStateCode> &
  Labelled<'target', S.TargetCode> &
  Labelled<'gender', S.GenderCode> &
  Labelled<'risk', S.RiskLevelCode> &
  Labelled<'status', S.CaseStatusCode> &
  Labelled<'task', S.TaskKindCode> &
  Labelled<'custody', S.DocumentCustody> &
  Labelled<'channel', S.IntakeChannel> &
  Labelled<'finding', S.TraffickingStatusCode> &
  Labelled<'immigration', S.ImmigrationStatusCode> &
  Labelled<'role', S.RoleCode> &
  Labelled<'compartment', S.CompartmentCode> &
  Labelled<'hold', S.HoldReason> &
  Labelled<'match', S.MatchFieldCode> &
  Labelled<'outcome', S.MatchOutcomeCode> &
  Labelled<'apart', S.ApartCode> = en;
void complete;
