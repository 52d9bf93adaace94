// What the page of the embassy is drawn from: the case, what was decided so far, and the missions that may be asked.

import { send } from '../../api/send';
import { get_case, list_embassy_contacts, list_missions } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { t } from '../../i18n';
import { countries } from '../../i18n/countries';
import { me } from '../../session/session';

export interface Seen {
  readonly file: S.CaseFile;
  readonly contacts: readonly S.EmbassyContact[];
  readonly missions: readonly S.Mission[];
}

const isState = (code: string | null): boolean => countries().some((one) => one.value === code);

export async function read(id: string): Promise<Seen> {
  const path = { id };
  const [file, contacts] = await Promise.all([send(get_case, { path }), send(list_embassy_contacts, { path })]);
  const claimed = file.body.nationality_claimed;
  const covers = { host_country: file.body.host_country, ...(isState(claimed) ? { nationality: claimed as S.Country } : {}), limit: 200 };
  const missions = await send(list_missions, { query: covers });
  return { file: file.body, contacts: contacts.body.items, missions: missions.body.items };
}

/** What a mission is called; one that does not serve this nationality may have been asked all the same. */
export const missionName = (seen: Seen, id: string): string => {
  const found = seen.missions.find((one) => one.id === id);
  return found ? (found.name.includes(found.city) ? found.name : `${found.name}, ${found.city}`) : id === me.value?.organisation_id ? me.value.organisation_name : t('embassy.other_mission');
};

export const canBeAsked = (seen: Seen): readonly S.Mission[] => {
  // A mission records contacts with itself alone.
  const own = me.value;
  return own?.organisation_kind === 'diplomatic_mission' ? seen.missions.filter((one) => one.id === own.organisation_id) : seen.missions;
};
