// Machine clients: systems of organisations, on credentials of their own. What they may do is chosen here, and never wider than what their
// organisation may. Reading the list asks who one is once more: it says which doors there are.

import { useState } from 'preact/hooks';
import { send } from '../../api/send';
import { list_clients } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { t } from '../../i18n';
import type { Opened } from '../../later';
import { place, refine } from '../../router';
import { Select } from '../../ui/fields';
import { Grid } from '../../ui/grid';
import { More, usePages } from '../../ui/pages';
import { clientState } from './accounts';
import { useOrganisations } from './choices';
import { Client } from './client';
import { ClientForm } from './client-form';

export function Clients({ rest: [opened] }: Opened) {
  return opened && opened !== 'new' ? <Client key={opened} id={opened} /> : <List isNew={opened === 'new'} />;
}

function List({ isNew }: { readonly isNew: boolean }) {
  const organisation = place.value.query.get('organisation') ?? '';
  const clients = usePages((after) => send(list_clients, { query: { organisation, limit: 100, after } }).then((answer) => answer.body), [organisation]);
  const [organisations] = useOrganisations();
  const [made, setMade] = useState<S.Client | null>(null);
  const nameOf = (id: string) => organisations.find((one) => one.id === id)?.name ?? '–';
  return (
    <>
      <h1 tabIndex={-1}>{t('nav.clients')}</h1>
      <p>{t('client.text')}</p>
      {isNew && !made ? <ClientForm seen={null} organisations={organisations} onDone={({ client }) => { setMade(client); clients.again(); }} /> : null}
      {made ? <p role="status">{t('client.made')} <a href={`#/clients/${made.id}`}><bdi dir="auto">{made.name}</bdi></a></p> : null}
      {isNew ? null : (
        <>
          <search class="filters">
            <Select label={t('admin.organisation')} name="organisation" value={organisation} choices={organisations.map((one) => ({ value: one.id, text: one.name }))} onChange={(value) => refine('clients', { organisation: value })} none={t('admin.all')} />
          </search>
          <p class="buttons"><a class="button" href="#/clients/new">{t('client.new')}</a></p>
        </>
      )}
      <More of={clients}>
        {(items) => (
          <Grid caption={t('admin.shown', { count: items.length })} rows={items} keyOf={(one) => one.id} none={t('admin.nothing')} columns={[
            { name: t('admin.name'), of: (one) => <a href={`#/clients/${one.id}`}><bdi dir="auto">{one.name}</bdi></a> },
            { name: t('admin.organisation'), of: (one) => <bdi dir="auto">{nameOf(one.organisation_id)}</bdi> },
            { name: t('client.scopes'), of: (one) => one.scopes.join(', ') },
            { name: t('admin.state'), of: (one) => clientState(one) },
          ]} />
        )}
      </More>
    </>
  );
}
