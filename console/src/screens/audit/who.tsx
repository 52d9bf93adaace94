// Who acted. The API names accounts by ids: one's own are said in words, and missions by their names.

import { t } from '../../i18n';
import { me } from '../../session/session';

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** The organisation of an act. */
export function organisationOf(id: string, missions: readonly { readonly value: string; readonly text: string }[]): string {
  if (id === NOBODY) return t('audit.nobody');
  if (id === me.value?.organisation_id) return me.value.organisation_name;
  return missions.find((one) => one.value === id)?.text ?? id;
}

/** The account of an act; the service itself has none. */
export function Who({ user, client }: { readonly user: string | null; readonly client: string | null }) {
  if (client) return <>{t('audit.client')} <code>{client}</code></>;
  if (!user) return <>{t('audit.service')}</>;
  return user === me.value?.user_id ? <>{t('audit.you')}</> : <code>{user}</code>;
}
