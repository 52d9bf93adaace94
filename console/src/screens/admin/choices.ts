// All organisations, by whom users, clients and missions are chosen.

import { send } from '../../api/send';
import { whole } from '../../api/whole';
import { list_organisations } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { useLoaded } from '../../ui/load';
import type { Loaded } from '../../ui/load';

const NOBODY: readonly S.Organisation[] = [];

/** The organisations as far as they are here, and how reading them goes. */
export function useOrganisations(): readonly [readonly S.Organisation[], Loaded<readonly S.Organisation[]>] {
  const loaded = useLoaded(() => whole(async (after) => (await send(list_organisations, { query: { limit: 200, after } })).body), []);
  return [loaded.value ?? NOBODY, loaded];
}
