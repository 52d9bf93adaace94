// The name of an organisation that is told by its id.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n';
import { may, me } from '../session/session';
import type { Known } from '../ui/organisations';
import { nameOf, readNames } from './organisations';

/** The directory, once it was read: the same for everybody. */
const directory = signal<readonly Known[]>([]);
let reading: Promise<void> | null = null;

export function OrganisationName({ id }: { readonly id: string }) {
  const own = me.value?.organisation_id === id ? me.value.organisation_name : undefined;
  const found = nameOf(directory.value, id, '');
  const isWanted = !own && !found && may('case:read');
  useEffect(() => {
    if (!isWanted) return;
    const mine = (reading ??= readNames().then((known) => {
      directory.value = known;
    }));
    void mine.then(() => {
      if (reading === mine) reading = null;
    });
  }, [id, isWanted]);
  return <bdi dir="auto">{own ?? (found || t('load.another_organisation'))}</bdi>;
}
