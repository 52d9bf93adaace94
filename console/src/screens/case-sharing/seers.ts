// Who sees a case and by what, as far as the API tells: it has no list of what is open, so it is put together from what opens it.

import { COMPARTMENTS } from '../../forms/codes';
import type { S } from '../../generated/schema';

export interface Seer {
  readonly id: string;
  readonly organisation: string;
  readonly by: 'owner' | 'contact' | 'contact_unsure' | 'referral' | 'emergency';
  readonly compartments: readonly string[];
  readonly until: string | null;
}

interface Known {
  readonly file: Pick<S.CaseFile, 'owner_id' | 'side_state'>;
  readonly referrals: readonly Pick<S.Referral, 'id' | 'other_id' | 'status' | 'compartments' | 'expires_at'>[];
  /** Without `items` where it is kept from us whom the person denied. */
  readonly denials: { readonly items?: readonly Pick<S.Denial, 'denied' | 'lifted_at'>[] };
  readonly names: readonly { readonly id: string; readonly kind: string; readonly country: string }[];
  readonly contacts: readonly Pick<S.EmbassyContact, 'id' | 'mission_id' | 'person_decision'>[];
  readonly emergencies: readonly Pick<S.EmergencyAccess, 'id' | 'organisation_id' | 'compartments' | 'expires_at' | 'verdict'>[];
}

const LETS_IN: readonly string[] = ['requested', 'accepted'];
/** What a mission sees that the person wants to be told. */
const BY_CONTACT: readonly string[] = ['identity', 'contact'];

/** Whether the person never wants the organisation to see the case: that beats all that opens it. */
function isDenied({ denials, names }: Known, id: string): boolean {
  const known = names.find((one) => one.id === id);
  return (denials.items ?? []).some(({ denied, lifted_at }) => {
    if (lifted_at || !denied) return false;
    if (denied.scope === 'organisation') return denied.organisation_id === id;
    return denied.scope === 'organisation_kind' ? denied.organisation_kind === known?.kind : known?.kind === 'diplomatic_mission' && denied.missions_of === known.country;
  });
}

export function seersOf(seen: Known, now: number): readonly Seer[] {
  const { file, referrals, contacts, emergencies } = seen;
  // On the protection pathway no mission sees the case, whatever was agreed before.
  const isShielded = file.side_state === 'protection_pathway';
  const by = seen.denials.items ? 'contact' : 'contact_unsure';
  const isOver = (until: string | null) => until !== null && Date.parse(until) <= now;
  const owner: Seer = { id: 'owner', organisation: file.owner_id, by: 'owner', compartments: COMPARTMENTS, until: null };
  const missions = contacts.filter((one) => !isShielded && LETS_IN.includes(one.person_decision) && one.mission_id !== file.owner_id).map((one): Seer => ({ id: one.id, organisation: one.mission_id, by, compartments: BY_CONTACT, until: null }));
  const referred = referrals.filter((one) => one.status === 'accepted' && !isOver(one.expires_at)).map((one): Seer => ({ id: one.id, organisation: one.other_id, by: 'referral', compartments: one.compartments, until: one.expires_at }));
  const urgent = emergencies.filter((one) => !isOver(one.expires_at) && one.verdict !== 'unjustified').map((one): Seer => ({ id: one.id, organisation: one.organisation_id, by: 'emergency', compartments: one.compartments, until: one.expires_at }));
  return [owner, ...[...missions, ...referred, ...urgent].filter((one) => !isDenied(seen, one.organisation))];
}
