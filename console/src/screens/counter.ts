// What is the same for everybody who comes to this counter.

import { send } from '../api/send';
import { get_mission } from '../generated/operations';
import { me } from '../session/session';
import type { WalkIn } from './walk-in';

export type Counter = Pick<WalkIn, 'host' | 'nationality' | 'channel'>;

export async function counter(): Promise<Counter> {
  const own = me.value;
  if (own?.organisation_kind !== 'diplomatic_mission') return { host: own?.coordinates ?? '', nationality: '', channel: 'walk_in_ngo' };
  const mission = (await send(get_mission, { path: { id: own.organisation_id } })).body;
  return { host: mission.host_state, nationality: mission.sending_state, channel: 'walk_in_embassy' };
}
