// Whether a case is open to somebody in an emergency alone: then they read, and nothing that writes is offered. The case itself does not
// say by what it is seen.

import { send } from '../api/send';
import { list_emergency_accesses } from '../generated/operations';
import type { S } from '../generated/schema';
import { may, me } from '../session/session';
import { isOurs } from './of-case';

export async function readsOnly(file: S.CaseFile): Promise<boolean> {
  // The desk sees every case of its country anyway.
  if (isOurs(file) || !may('emergency_access:take') || me.value?.coordinates) return false;
  const { items } = (await send(list_emergency_accesses, { query: { limit: 200 } })).body;
  return items.some((one) => one.case_id === file.id && one.user_id === me.value?.user_id && Date.parse(one.expires_at) > Date.now());
}
