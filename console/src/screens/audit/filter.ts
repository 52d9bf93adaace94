// The filter of the audit trail as it stands in an address, and as the API takes it.

/** A moment as the field of the browser writes it, in the time of this computer, as the API takes it. What is none goes as it was typed. */
export function instant(typed: string): string {
  if (!typed) return '';
  const moment = new Date(typed);
  return Number.isNaN(moment.getTime()) ? typed : moment.toISOString();
}

export const FILTERS = ['from', 'to', 'caller_id', 'organisation_id', 'operation', 'case_id', 'decision', 'code'] as const;
export type Filter = Readonly<Record<(typeof FILTERS)[number], string>>;

export const filterOf = (query: URLSearchParams): Filter => Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ''])) as Filter;

export const asked = (filter: Filter): Record<string, string> => Object.fromEntries(Object.entries({ ...filter, from: instant(filter.from), to: instant(filter.to) }).filter(([, value]) => value));
