// What is listed, made and changed with a form of its own: organisations, missions, compounds, operations, rates. What is open stands in
// the address, as an id.

import type { ComponentChildren } from 'preact';
import type { Stored } from '../../forms/descriptor';
import { ReferenceForm } from '../../forms/reference';
import { t } from '../../i18n';
import type { Choice } from '../../i18n/countries';
import { place, refine } from '../../router';
import { Grid } from '../../ui/grid';
import type { Column } from '../../ui/grid';
import { More } from '../../ui/pages';
import type { Pages } from '../../ui/pages';

const NEW = 'new';

interface Props<Row> {
  readonly path: string;
  readonly resource: string;
  readonly title: string;
  readonly of: Pages<Row>;
  readonly columns: readonly Column<Row>[];
  readonly filters?: ComponentChildren;
  readonly canMake: boolean;
  /** Whether what is there may be changed; some things are added, and never changed. */
  readonly canChange: boolean;
  readonly newText: string;
  readonly inside?: string;
  readonly ids?: Readonly<Record<string, readonly Choice[]>>;
  /** What stands below the form of one that is open. */
  readonly below?: (row: Row) => ComponentChildren;
}

export function Collection<Row extends Stored & { readonly name?: string }>({ path, resource, title, of, columns, filters, canMake, canChange, newText, inside, ids, below }: Props<Row>) {
  const query = Object.fromEntries(place.value.query);
  const { open = '', ...filter } = query;
  const show = (id: string) => refine(path, { ...filter, ...(id ? { open: id } : {}) });
  const rows = [...(of.first.value?.items ?? []), ...of.further];
  const record = rows.find((one) => one.id === open);
  const done = () => {
    show('');
    of.again();
  };
  const shared = { resource, onDone: done, onClose: () => show(''), ...(inside ? { inside } : {}), ...(ids ? { ids } : {}) };
  return (
    <>
      {filters}
      {canMake && open !== NEW ? <p class="buttons"><button type="button" onClick={() => show(NEW)}>{newText}</button></p> : null}
      {canMake && open === NEW ? <ReferenceForm key={NEW} title={newText} record={null} {...shared} /> : null}
      {canChange && record ? <ReferenceForm key={record.id} title={record.name ?? title} record={record} {...shared} /> : null}
      {record ? below?.(record) : null}
      <More of={of}>
        {(items) => (
          <Grid caption={t('admin.shown', { count: items.length })} rows={items} keyOf={(one) => one.id} none={t('admin.nothing')} columns={[
            ...columns,
            ...(canChange ? [{ name: t('admin.act'), of: (one: Row) => <button type="button" class="small" aria-pressed={one.id === open} aria-label={`${t('form.change')}: ${one.name ?? ''}`} onClick={() => show(one.id === open ? '' : one.id)}>{t('form.change')}</button> }] : []),
          ]} />
        )}
      </More>
    </>
  );
}
