// The users of all organisations: who they are, what they are trusted with, and whether they may sign in.

import { send } from '../../api/send';
import { list_users } from '../../generated/operations';
import { label, labelled, t } from '../../i18n';
import type { Opened } from '../../later';
import { place, refine } from '../../router';
import { Select } from '../../ui/fields';
import { Grid } from '../../ui/grid';
import { More, usePages } from '../../ui/pages';
import { ROLES, stateOf } from './accounts';
import { useOrganisations } from './choices';
import { NewUser } from './new-user';
import { User } from './user';

export function Users({ rest: [opened] }: Opened) {
  if (opened === 'new') return <NewUser />;
  return opened ? <User key={opened} id={opened} /> : <List />;
}

function List() {
  const query = place.value.query;
  const filter = { organisation: query.get('organisation') ?? '', role: query.get('role') ?? '' };
  const put = (change: Partial<typeof filter>) => refine('users', { ...filter, ...change });
  const users = usePages((after) => send(list_users, { query: { organisation: filter.organisation, limit: 200, after } }).then((answer) => answer.body), [filter.organisation]);
  const [organisations] = useOrganisations();
  const nameOf = (id: string) => organisations.find((one) => one.id === id)?.name ?? '–';
  return (
    <>
      <h1 tabIndex={-1}>{t('nav.users')}</h1>
      <search class="filters">
        <Select label={t('admin.organisation')} name="organisation" value={filter.organisation} choices={organisations.map((one) => ({ value: one.id, text: one.name }))} onChange={(organisation) => put({ organisation })} none={t('admin.all')} />
        <Select label={t('admin.role')} name="role" value={filter.role} choices={labelled('role', ROLES)} onChange={(role) => put({ role })} none={t('admin.all')} />
      </search>
      <p class="buttons"><a class="button" href="#/users/new">{t('admin.new_user')}</a></p>
      <More of={users}>
        {(all) => {
          const items = all.filter((one) => !filter.role || one.role === filter.role);
          return (
            <Grid caption={t('admin.shown', { count: items.length })} rows={items} keyOf={(one) => one.id} none={t('admin.nothing')} columns={[
              { name: t('admin.name'), of: (one) => <a href={`#/users/${one.id}`}><bdi dir="auto">{one.display_name}</bdi></a> },
              { name: t('admin.username'), of: (one) => <bdi>{one.username}</bdi> },
              { name: t('admin.role'), of: (one) => label('role', one.role) },
              { name: t('admin.organisation'), of: (one) => <bdi dir="auto">{nameOf(one.organisation_id)}</bdi> },
              { name: t('admin.state'), of: stateOf },
            ]} />
          );
        }}
      </More>
    </>
  );
}
