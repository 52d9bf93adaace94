// Where which words stand: those of the start, and areas that come with the screens that say them.

import core from '../../i18n/en/core.json';

const ENGLISH = {
  work: () => import('../../i18n/en/work.json'),
  reports: () => import('../../i18n/en/reports.json'),
  admin: () => import('../../i18n/en/admin.json'),
  map: () => import('../../i18n/en/map.json'),
  audit: () => import('../../i18n/en/audit.json'),
  account: () => import('../../i18n/en/account.json'),
} as const;

export type Area = keyof typeof ENGLISH;
type Said<In extends Area> = keyof Awaited<ReturnType<(typeof ENGLISH)[In]>>['default'];
/** A key of any area. */
export type Key = keyof typeof core | { [In in Area]: Said<In> }[Area];
export type Words = Readonly<Record<string, string>>;
type Load = () => Promise<{ readonly default: Words }>;

/** Languages beside English, each loaded when it is chosen: `{ km: { core: () => import('../../i18n/km/core.json'), … } }`. */
const OTHERS: Readonly<Record<string, Readonly<Record<'core' | Area, Load>>>> = {};

export const LANGUAGES: readonly string[] = ['en', ...Object.keys(OTHERS)];

/** The words of an area. Fails where they cannot be loaded. */
export async function words(language: string, area: 'core' | Area): Promise<Words> {
  const load: Load | undefined = OTHERS[language]?.[area] ?? (area === 'core' ? undefined : ENGLISH[area]);
  return load ? (await load()).default : core;
}

export { core };
