// The organisations whose people work here. One that is not active has nobody who is signed in.

import { send } from '../../api/send';
import { list_organisations } from '../../generated/operations';
import { label, t } from '../../i18n';
import { country } from '../../i18n/countries';
import { usePages } from '../../ui/pages';
import { Collection } from './collection';

export function Organisations() {
  const all = usePages((after) => send(list_organisations, { query: { limit: 50, after } }).then((answer) => answer.body), []);
  return (
    <>
      <h1 tabIndex={-1}>{t('nav.organisations')}</h1>
      <p>{t('admin.organisations')}</p>
      <Collection path="organisations" resource="organisations" title={t('nav.organisations')} of={all} canMake canChange newText={t('admin.new_organisation')} columns={[
        { name: t('admin.name'), of: (one) => <bdi dir="auto">{one.name}</bdi> },
        { name: t('admin.kind'), of: (one) => label('admin.organisation_kind', one.kind) },
        { name: t('admin.country'), of: (one) => country(one.country) },
        { name: t('admin.coordinates'), of: (one) => country(one.coordinates) },
        { name: t('admin.state'), of: (one) => t(one.active ? 'admin.active' : 'admin.inactive') },
      ]} />
    </>
  );
}
