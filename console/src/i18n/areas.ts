// Where which words stand: those of the start, and areas that come with the screens that say them.

import core from '../../i18n/en/core.json';

const ENGLISH = {
  work: () => import('../../i18n/en/work.json'),
  codes: () => import('../../i18n/en/codes.json'),
  names: () => import('../../i18n/en/names.json'),
  sharing: () => import('../../i18n/en/sharing.json'),
  consent: () => import('../../i18n/en/consent.json'),
  embassy: () => import('../../i18n/en/embassy.json'),
  pick: () => import('../../i18n/en/pick.json'),
  travel: () => import('../../i18n/en/travel.json'),
  waivers: () => import('../../i18n/en/waivers.json'),
  papers: () => import('../../i18n/en/papers.json'),
  reports: () => import('../../i18n/en/reports.json'),
  admin: () => import('../../i18n/en/admin.json'),
  map: () => import('../../i18n/en/map.json'),
  audit: () => import('../../i18n/en/audit.json'),
  account: () => import('../../i18n/en/account.json'),
  assign: () => import('../../i18n/en/assign.json'),
  blind: () => import('../../i18n/en/blind.json'),
  lists: () => import('../../i18n/en/lists.json'),
  tracing: () => import('../../i18n/en/tracing.json'),
  duplicates: () => import('../../i18n/en/duplicates.json'),
  decisions: () => import('../../i18n/en/decisions.json'),
} as const;

export type Area = keyof typeof ENGLISH;
type Said<In extends Area> = keyof Awaited<ReturnType<(typeof ENGLISH)[In]>>['default'];
/** A key of any area. */
export type Key = keyof typeof core | { [In in Area]: Said<In> }[Area];
export type Words = Readonly<Record<string, string>>;
/** Each language by its own name: browsers do not know that of every one. Each is complete, or the build fails. */
export const LANGUAGES: ReadonlyMap<string, string> = new Map([
  ['en', 'English'],
  ['id', 'Bahasa Indonesia'],
  ['vi', 'Tiếng Việt'],
  ['th', 'ไทย'],
  ['my', 'မြန်မာ'],
  ['km', 'ខ្មែរ'],
  ['zh', '中文'],
]);

/** The words of an area. Fails where they cannot be loaded. */
export async function words(language: string, area: 'core' | Area): Promise<Words> {
  if (language !== 'en') return ((await import(`../../i18n/${language}/${area}.json`)) as { readonly default: Words }).default;
  return area === 'core' ? core : (await ENGLISH[area]()).default;
}

export { core };
