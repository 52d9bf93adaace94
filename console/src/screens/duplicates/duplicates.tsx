// People who may be registered twice, and what was merged.

import { send } from '../../api/send';
import { list_duplicates } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { labelled, t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import type { Opened } from '../../later';
import { place, refine } from '../../router';
import { Select } from '../../ui/fields';
import { More, usePages } from '../../ui/pages';
import { MergeFile, Merges } from './merges';
import { Pair } from './pair';
import { Sides, Who, reasonsOf } from './parts';

export function Duplicates({ rest: [first = '', second = ''] }: Opened) {
  if (first === 'merges') return second ? <MergeFile id={second} /> : <Merges />;
  return first ? <Pair id={first} /> : <Pairs />;
}

const STATUSES: readonly S.DuplicateStatus[] = ['open', 'invalid', 'merged'];

function Pairs() {
  const status = STATUSES.find((one) => one === place.value.query.get('status')) ?? 'open';
  const list = usePages(async (after) => (await send(list_duplicates, { query: { status, limit: 50, ...(after ? { after } : {}) } })).body, [status]);
  return (
    <>
      <h1 tabIndex={-1}>{t('nav.duplicates')}</h1>
      <Sides at="pairs" />
      <search class="filters">
        <Select label={t('duplicates.status')} name="status" value={status} choices={labelled('duplicates.status', STATUSES)} onChange={(value) => refine('duplicates', { status: value })} />
      </search>
      <More of={list}>{(items) => (items.length ? <Table items={items} /> : <p>{t('duplicates.none')}</p>)}</More>
    </>
  );
}

function Table({ items }: { readonly items: readonly S.DuplicatePair[] }) {
  return (
    <table class="cards">
      <caption>{t('duplicates.shown', { count: items.length })}</caption>
      <thead>
        <tr>
          <th scope="col">{t('duplicates.first')}</th>
          <th scope="col">{t('duplicates.second')}</th>
          <th scope="col">{t('duplicates.reasons')}</th>
          <th scope="col">{t('duplicates.found')}</th>
          <th scope="col">{t('duplicates.compare')}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={one.id}>
            <th scope="row" data-label={t('duplicates.first')}><Who side={one.first} /></th>
            <td data-label={t('duplicates.second')}><Who side={one.second} /></td>
            <td data-label={t('duplicates.reasons')}>{reasonsOf(one.reasons)}</td>
            <td data-label={t('duplicates.found')}>{shownMoment(one.created_at)}</td>
            <td><a class="button small" href={`#/duplicates/${one.id}`} aria-label={`${t('duplicates.compare')}: ${one.first.case_code}, ${one.second.case_code}`}>{t('duplicates.compare')}</a></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
