// Who acted. The API names accounts by ids: one's own and those of colleagues are said in words, and organisations by their names.

import { t } from '../../i18n';
import { me } from '../../session/session';
import type { Colleague } from '../colleagues';
import { OrganisationName } from '../organisation';

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** The organisation of an act, for who may read what they are called. */
export const Where = ({ id }: { readonly id: string }) => (id === NOBODY ? <>{t('audit.nobody')}</> : <OrganisationName id={id} />);

/** The organisation of an act, of which the missions alone have names here. */
export function organisationOf(id: string, missions: readonly { readonly value: string; readonly text: string }[]): string {
  if (id === NOBODY) return t('audit.nobody');
  if (id === me.value?.organisation_id) return me.value.organisation_name;
  return missions.find((one) => one.value === id)?.text ?? id;
}

interface WhoProps {
  readonly user: string | null;
  readonly client: string | null;
  /** Those of one's own organisation, where they are read. */
  readonly colleagues?: readonly Colleague[] | null;
}

/** The account of an act; the service itself has none. */
export function Who({ user, client, colleagues }: WhoProps) {
  if (client) return <>{t('audit.client')} <code>{client}</code></>;
  if (!user) return <>{t('audit.service')}</>;
  if (user === me.value?.user_id) return <>{t('audit.you')}</>;
  const name = colleagues?.find((one) => one.id === user)?.display_name;
  return name ? <bdi dir="auto">{name}</bdi> : <code>{user}</code>;
}
