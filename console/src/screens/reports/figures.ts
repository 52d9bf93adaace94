// Figures as they are read: Latin digits in every language, amounts with their currency, and what is not known as such.

import { label, language, t } from '../../i18n';
import { country } from '../../i18n/countries';

const formats = new Map<string, Intl.NumberFormat>();
function format(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const kind = `${language.value} ${JSON.stringify(options)}`;
  let known = formats.get(kind);
  if (!known) {
    known = new Intl.NumberFormat(`${language.value}-u-nu-latn`, options);
    formats.set(kind, known);
  }
  return known;
}

export const number = (value: number | null | undefined): string => (value === null || value === undefined ? '–' : format({}).format(value));
export const percent = (part: number, whole: number): string => (whole > 0 ? format({ style: 'percent', maximumFractionDigits: 0 }).format(part / whole) : '–');
/** An amount as the API writes it, which is exact: no digit is added or lost. */
export function amount(text: string, currency: string | null): string {
  const [whole = '0', decimals = ''] = text.split('.');
  const grouped = format({}).format(BigInt(whole));
  const point = format({ minimumFractionDigits: 1 }).format(0.5).charAt(1);
  return `${grouped}${decimals ? point + decimals : ''}${currency ? ` ${currency}` : ''}`;
}

export const days = (value: number | null | undefined): string => (value === null || value === undefined ? '–' : t('reports.days', { days: number(value) }));
export const mission = (name: string | null): string => name ?? t('reports.no_mission');

/** Lists of labels that a dimension is said with. */
const LISTS: Readonly<Record<string, string>> = {
  stage: 'stage', side_state: 'side_state', status: 'status', gender: 'gender', risk_level: 'risk', intake_channel: 'channel', trafficking_status: 'finding',
  exit_mode: 'reports.exit_mode', closure_reason: 'reports.closure_reason', is_child: 'reports.is_child',
};
/** Of these, nothing means that there is none, and not that it is not known. */
const MAY_BE_NONE = ['side_state', 'closure_reason'];

export function told(dimension: string, value: string | null | undefined): string {
  if (value === null || value === undefined) return MAY_BE_NONE.includes(dimension) ? t('reports.none_of_these') : t('reports.not_known');
  return dimension === 'nationality' || dimension === 'host_country' ? country(value) : label(LISTS[dimension] ?? dimension, value);
}
