// What is typed into a form, and what is sent of it: nothing that was not asked.

import { ascii, partialDate } from '../i18n/dates';
import type { Descriptor, Value, Values } from './descriptor';

/** A day as it is read, or as it was typed, so that the API can say at the field what is wrong with it. */
const day = (text: string): string => partialDate(text) ?? text.trim();

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
    case 'PartialDate': return day(text);
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
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
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
    if (field.kind !== 'group' || was === undefined || written === undefined) return [[field.name, written ?? null]];
    return [[field.name, patchOf(field.fields ?? [], was as Values, is as Values)]];
  });
  return entries.length ? Object.fromEntries(entries) : undefined;
}
