// Lists of people that are brought in: those of the organisation, and the way to a new one.

import { send } from '../../api/send';
import { list_imports } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import type { Opened } from '../../later';
import { Grid } from '../../ui/grid';
import type { Column } from '../../ui/grid';
import { Paged } from '../../ui/pages';
import { List } from './list';
import { NewList } from './new-list';

export function Lists({ rest: [id = '', part = ''] }: Opened) {
  if (id === 'new') return <NewList />;
  return id ? <List id={id} part={part} /> : <All />;
}

function All() {
  const columns: readonly Column<S.Import>[] = [
    { name: t('lists.begun'), of: (one) => <a href={`#/lists/${one.id}`}>{shownMoment(one.created_at)}</a> },
    { name: t('lists.state'), of: (one) => label('lists.state', one.state) },
    { name: t('lists.rows'), of: (one) => one.row_count, isFigure: true },
    { name: t('lists.until'), of: (one) => shownMoment(one.expires_at) },
  ];
  return (
    <>
      <h1 tabIndex={-1}>{t('nav.lists')}</h1>
      <p class="buttons"><a class="button" href="#/lists/new">{t('lists.new')}</a></p>
      <Paged read={async (after) => (await send(list_imports, { query: { limit: 50, ...(after ? { after } : {}) } })).body}>
        {(lists) => <Grid caption={t('lists.caption', { count: lists.length })} columns={columns} rows={lists} keyOf={(one) => one.id} none={t('lists.none')} />}
      </Paged>
    </>
  );
}
