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
