// Where what is asked for is done: the form that has the field, the step on the page of the case, or nowhere, where somebody else must act.

import { isEditable } from '../forms/case-facts';
import { label, t } from '../i18n';
import type { Key } from '../i18n';

/** A requirement of a step, or the next action of a task. */
export interface Wanted {
  readonly resource: string;
  readonly field?: string | null;
}

/** What is a step of the case and is made on its page, and tasks, which are done where they stand. */
const ON_THE_PAGE = ['repatriation', 'transition', 'takeover', 'assign', 'tasks'];

/** What has a page of its own: what the person decides about the embassy, and whom they never want. */
const PAGES: Readonly<Record<string, { readonly page: string; readonly name: Key; readonly fields?: readonly string[] }>> = {
  'embassy-contacts': { page: 'embassy', name: 'case.embassy', fields: ['person_decision', 'informed_of_rights_on', 'mission_id'] },
  denials: { page: 'sharing', name: 'case.sharing' },
  takeover: { page: 'sharing', name: 'case.sharing' },
};

function pageOf({ resource, field }: Wanted) {
  const own = PAGES[resource];
  return own && (!own.fields || own.fields.includes(field ?? '')) ? own : null;
}

/** The form that settles it, as the query of the page of the case; null where there is none. */
export function formFor({ resource, field }: Wanted, record?: string | null): string | null {
  if (resource === '' || ON_THE_PAGE.includes(resource)) return null;
  // What the form of the case does not ask for is not settled there.
  if (resource === 'case' && !isEditable(field ?? '')) return null;
  return new URLSearchParams({ form: resource, ...(field ? { field } : {}), ...(record ? { record } : {}) }).toString();
}

/** The address of that form; of the case itself where it is done on its page. */
export function leadsTo(id: string, wanted: Wanted, record?: string | null): string {
  const own = pageOf(wanted);
  if (own) return `#/cases/${id}/${own.page}`;
  const form = formFor(wanted, record);
  return form ? `#/cases/${id}?${form}` : `#/cases/${id}`;
}

/** What that page or form is called on the screen; null where it is done on the page of the case. */
export function placeName(wanted: Wanted): string | null {
  const own = pageOf(wanted);
  if (own) return t(own.name);
  if (!formFor(wanted)) return null;
  return wanted.resource === 'case' ? t('case.edit') : label('record', wanted.resource);
}
