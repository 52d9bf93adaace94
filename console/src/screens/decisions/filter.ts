// Whose names are asked for, as it is typed and as it is sent.

import type { S } from '../../generated/schema';
import { asDay } from '../../i18n/dates';

export const EMPTY = { nationality: '', stage: '', side_state: '', status: '', risk_level: '', gender: '', is_child: '', host_country: '', registered_from: '', registered_to: '', reason: '' };
export type Typed = typeof EMPTY;
export type Filter = Exclude<keyof Typed, 'reason'>;

/** The filter, as far as it was set, and why. */
export function bodyOf({ reason, is_child, registered_from, registered_to, ...codes }: Typed): S.CreateApproval {
  const set = { ...codes, registered_from: asDay(registered_from), registered_to: asDay(registered_to) };
  const filter = { ...Object.fromEntries(Object.entries(set).filter(([, value]) => value)), ...(is_child ? { is_child: is_child === 'yes' } : {}) };
  return { export: filter as S.ExportParametersInput, reason: reason.normalize('NFC').trim() };
}
