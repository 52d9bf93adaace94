// What the page of a case's sharing is drawn from.

import { send } from '../../api/send';
import { get_case, list_case_referrals, list_case_transfers, list_denials, list_embassy_contacts, list_emergency_accesses } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { may } from '../../session/session';
import type { Known } from '../../ui/organisations';
import { readNames } from '../organisations';
import { readsOnly } from '../reads-only';

export interface Seen {
  readonly file: S.CaseFile;
  readonly referrals: readonly S.Referral[];
  readonly transfers: readonly S.Referral[];
  readonly denials: S.DenialList;
  readonly contacts: readonly S.EmbassyContact[];
  readonly emergencies: readonly S.EmergencyAccess[];
  readonly names: readonly Known[];
  /** Open to us in an emergency alone. */
  readonly isReadOnly: boolean;
}

export async function read(id: string): Promise<Seen> {
  const path = { id };
  const none: readonly S.EmergencyAccess[] = [];
  const [file, referrals, transfers, denials, contacts, emergencies, names] = await Promise.all([
    send(get_case, { path }), send(list_case_referrals, { path }), send(list_case_transfers, { path }), send(list_denials, { path }), send(list_embassy_contacts, { path }),
    may('emergency_access:review') ? send(list_emergency_accesses, { query: { limit: 200 } }).then((answer) => answer.body.items.filter((one) => one.case_id === id)) : none, readNames(),
  ]);
  const isReadOnly = await readsOnly(file.body);
  return { file: file.body, referrals: referrals.body.items, transfers: transfers.body.items, denials: denials.body, contacts: contacts.body.items, emergencies, names, isReadOnly };
}
