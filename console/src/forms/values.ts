// What is typed into a form, and what is sent of it: nothing that was not asked.

import { ascii, asDay } from '../i18n/dates';
import type { Descriptor, Value, Values } from './descriptor';

function single(field: Descriptor, text: string): unknown {
  if (text.trim() === '') return undefined;
  switch (field.kind) {
    case 'flag': return text === 'yes';
    case 'integer':
    case 'number': {
      const number = Number(ascii(text).trim());
      return Number.isNaN(number) ? text.trim() : number;
    }
    case 'date':
    case 'PartialDate': return asDay(text);
    case 'moment': {
      const moment = new Date(text);
      return Number.isNaN(moment.getTime()) ? text : moment.toISOString();
    }
    default: return text.normalize('NFC').trim();
  }
}

function sent(field: Descriptor, value: Value | undefined): unknown {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return single(field, value);
  if (field.kind === 'codes') return (value as readonly string[]).length ? value : undefined;
  if (field.kind === 'list') {
    const entry = field.entry;
    const entries = (value as readonly Values[]).map((one) => (entry?.kind === 'group' ? bodyOf(entry.fields ?? [], one) : entry ? sent(entry, one['']) : undefined));
    const filled = entries.filter((one) => one !== undefined);
    return filled.length ? filled : undefined;
  }
  return bodyOf(field.fields ?? [], value as Values);
}

/** The body of a form; undefined if nothing was filled in. */
export function bodyOf(fields: readonly Descriptor[], values: Values): Record<string, unknown> | undefined {
  const entries = fields.map((field) => [field.name, sent(field, values[field.name])] as const).filter(([, value]) => value !== undefined);
  return entries.length ? Object.fromEntries(entries) : undefined;
}

/** A stored value as it stands in a form. */
function shown(field: Descriptor, value: unknown): Value | undefined {
  if (value === null || value === undefined) return undefined;
  if (field.kind === 'flag') return value === true ? 'yes' : 'no';
  if (field.kind === 'codes') return value as readonly string[];
  if (field.kind === 'group') return valuesOf(field.fields ?? [], value as Record<string, unknown>);
  const entry = field.entry;
  if (field.kind === 'list' && entry) {
    return (value as readonly unknown[]).map((one) => (entry.kind === 'group' ? valuesOf(entry.fields ?? [], one as Record<string, unknown>) : { '': shown(entry, one) }));
  }
  // An instant in the time of this computer, as the field of the browser writes it.
  if (field.kind === 'moment') return local(new Date(String(value)));
  return String(value);
}

function local(moment: Date): string {
  const written = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString();
  // Seconds that were recorded are not lost because something beside them is changed.
  return written.slice(0, moment.getUTCSeconds() ? 19 : 16);
}

/** A record as it stands in its form. */
export function valuesOf(fields: readonly Descriptor[], record: Readonly<Record<string, unknown>>): Values {
  return Object.fromEntries(fields.map((field) => [field.name, shown(field, record[field.name])]));
}

/** What was touched of a record: null clears, absent keeps, and a list is replaced as a whole. */
export function patchOf(fields: readonly Descriptor[], before: Values, now: Values): Record<string, unknown> | undefined {
  const entries = fields.flatMap((field): readonly (readonly [string, unknown])[] => {
    const [was, is] = [before[field.name], now[field.name]];
    const written = sent(field, is);
    if (JSON.stringify(sent(field, was)) === JSON.stringify(written)) return [];
    // A list that was emptied is an empty one: most may not be null.
    if (written === undefined && ['list', 'codes'].includes(field.kind)) return [[field.name, []]];
    if (field.kind !== 'group' || was === undefined || written === undefined) return [[field.name, written ?? null]];
    return [[field.name, patchOf(field.fields ?? [], was as Values, is as Values)]];
  });
  return entries.length ? Object.fromEntries(entries) : undefined;
}

/** Every answer by its place, so that two changes of one record are compared answer by answer; a list is one answer. */
export function flatten(fields: readonly Descriptor[], values: Values, at = ''): Readonly<Record<string, Value | undefined>> {
  const pairs = fields.flatMap((field): readonly (readonly [string, Value | undefined])[] => {
    const value = values[field.name];
    const place = `${at}${field.name}`;
    return field.kind === 'group' ? Object.entries(flatten(field.fields ?? [], (value as Values | undefined) ?? {}, `${place}/`)) : [[place, value]];
  });
  return Object.fromEntries(pairs);
}

/** Answers by their places as they stand in the form. */
export function unflatten(fields: readonly Descriptor[], flat: Readonly<Record<string, Value | undefined>>, at = ''): Values {
  const pairs = fields.map((field): readonly [string, Value | undefined] => {
    const place = `${at}${field.name}`;
    if (field.kind !== 'group') return [field.name, flat[place]];
    const inside = unflatten(field.fields ?? [], flat, `${place}/`);
    return [field.name, Object.values(inside).some((one) => one !== undefined) ? inside : undefined];
  });
  return Object.fromEntries(pairs);
}

/** The field at a place. */
export function fieldAt(fields: readonly Descriptor[], place: string): Descriptor | undefined {
  const [first = '', ...rest] = place.split('/');
  const found = fields.find((one) => one.name === first);
  return rest.length ? fieldAt(found?.fields ?? [], rest.join('/')) : found;
}

/** Whether a form has a field that is named as in `guardian.name`; a form that is wanted for itself has what is wanted. */
export const hasField = (fields: readonly Descriptor[], named: string): boolean => named === '' || fieldAt(fields, named.replaceAll('.', '/')) !== undefined;
