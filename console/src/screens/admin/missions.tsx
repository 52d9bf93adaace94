// Missions, and whom each one covers where. A mission is made for an organisation that is there already.

import { useState } from 'preact/hooks';
import { send } from '../../api/send';
import { list_missions } from '../../generated/operations';
import { label, t } from '../../i18n';
import { countries, country } from '../../i18n/countries';
import { place, refine } from '../../router';
import { Select } from '../../ui/fields';
import { usePages } from '../../ui/pages';
import { useOrganisations } from './choices';
import { Collection } from './collection';
import { CoverageLines } from './coverage';

const FILTERS = ['nationality', 'host_country', 'sending_state'] as const;

export function Missions() {
  const query = place.value.query;
  const filter = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ''])) as Record<(typeof FILTERS)[number], string>;
  const put = (name: string, value: string) => refine('missions', { ...filter, [name]: value });
  const missions = usePages((after) => send(list_missions, { query: { ...(filter as object), limit: 50, after } }).then((answer) => answer.body), [JSON.stringify(filter)]);
  const [organisations] = useOrganisations();
  const [turn, setTurn] = useState(0);
  const diplomatic = organisations.filter((one) => one.kind === 'diplomatic_mission').map((one) => ({ value: one.id, text: one.name }));
  return (
    <>
      <h1 tabIndex={-1}>{t('nav.missions')}</h1>
      <p>{t('admin.missions')}</p>
      <Collection path="missions" resource="missions" title={t('nav.missions')} of={missions} canMake canChange newText={t('admin.new_mission')} ids={{ OrganisationId: diplomatic }}
        filters={(
          <search class="filters">
            {FILTERS.map((name) => <Select key={name} label={t(`admin.${name}`)} name={name} value={filter[name]} choices={countries()} onChange={(value) => put(name, value)} none={t('admin.all')} />)}
          </search>
        )}
        below={(one) => <CoverageLines key={`${one.id} ${turn}`} mission={one} onChanged={() => { setTurn(turn + 1); missions.again(); }} />}
        columns={[
          { name: t('admin.name'), of: (one) => <bdi dir="auto">{one.name}</bdi> },
          { name: t('admin.kind'), of: (one) => label('admin.mission_kind', one.kind) },
          { name: t('admin.sending_state'), of: (one) => country(one.sending_state) },
          { name: t('admin.city'), of: (one) => <bdi dir="auto">{`${one.city}, ${country(one.host_state)}`}</bdi> },
          { name: t('admin.hotline'), of: (one) => <bdi>{one.hotline ?? '–'}</bdi> },
          { name: t('admin.covers'), of: (one) => t('admin.lines', { count: one.coverage.length }) },
        ]} />
    </>
  );
}
