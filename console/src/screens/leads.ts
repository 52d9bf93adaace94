// Where what is asked for is done: the form that has the field, the step on the page of the case, or nowhere, where somebody else must act.

import { isEditable } from '../forms/case-facts';

/** A requirement of a step, or the next action of a task. */
export interface Wanted {
  readonly resource: string;
  readonly field?: string | null;
}

/** What is a step of the case and is made on its page, and tasks, which are done where they stand. */
const ON_THE_PAGE = ['repatriation', 'transition', 'takeover', 'assign', 'tasks'];

/** What has a page of its own: what the person decides about the embassy, and whom they never want. */
const PAGES: Readonly<Record<string, { readonly page: string; readonly fields?: readonly string[] }>> = {
  'embassy-contacts': { page: 'embassy', fields: ['person_decision', 'informed_of_rights_on', 'mission_id'] },
  denials: { page: 'sharing' },
  takeover: { page: 'sharing' },
};

/** The form that settles it, as the query of the page of the case; null where there is none. */
export function formFor({ resource, field }: Wanted, record?: string | null): string | null {
  if (resource === '' || ON_THE_PAGE.includes(resource)) return null;
  // What the form of the case does not ask for is not settled there.
  if (resource === 'case' && !isEditable(field ?? '')) return null;
  return new URLSearchParams({ form: resource, ...(field ? { field } : {}), ...(record ? { record } : {}) }).toString();
}

/** The address of that form; of the case itself where it is done on its page. */
export function leadsTo(id: string, wanted: Wanted, record?: string | null): string {
  const own = PAGES[wanted.resource];
  if (own && (!own.fields || own.fields.includes(wanted.field ?? ''))) return `#/cases/${id}/${own.page}`;
  const form = formFor(wanted, record);
  return form ? `#/cases/${id}?${form}` : `#/cases/${id}`;
}
