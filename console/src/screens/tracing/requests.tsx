// Whom our organisation looks for.

import { send } from '../../api/send';
import { list_tracing_requests } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { country } from '../../i18n/countries';
import { shownDay, shownMoment } from '../../i18n/dates';
import { More, usePages } from '../../ui/pages';
import { Sides } from './parts';

export function Requests() {
  const list = usePages(async (after) => (await send(list_tracing_requests, { query: { limit: 50, ...(after ? { after } : {}) } })).body, []);
  return (
    <>
      <h1 tabIndex={-1}>{t('nav.tracing')}</h1>
      <Sides at="ours" />
      <p class="buttons">
        <a class="button" href="#/tracing/new">{t('tracing.new')}</a>
        <a class="button quiet-button" href="#/tracing/several">{t('tracing.several')}</a>
      </p>
      <p class="hint">{t('tracing.says_nothing')}</p>
      <More of={list}>{(items) => (items.length ? <Table items={items} /> : <p>{t('tracing.nobody')}</p>)}</More>
    </>
  );
}

function Table({ items }: { readonly items: readonly S.TracingRequest[] }) {
  return (
    <table class="cards">
      <caption>{t('tracing.shown', { count: items.length })}</caption>
      <thead>
        <tr>
          <th scope="col">{t('tracing.name')}</th>
          <th scope="col">{t('tracing.birth')}</th>
          <th scope="col">{t('tracing.nationality')}</th>
          <th scope="col">{t('tracing.status')}</th>
          <th scope="col">{t('tracing.since')}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={one.id}>
            <th scope="row" data-label={t('tracing.name')}><a href={`#/tracing/${one.id}`}><bdi dir="auto">{one.details.sought.name}</bdi></a></th>
            <td data-label={t('tracing.birth')}>{shownDay(one.details.sought.birth_date)}</td>
            <td data-label={t('tracing.nationality')}>{country(one.details.sought.nationality)}</td>
            <td data-label={t('tracing.status')}>
              {one.status === 'verified' ? <strong>{label('tracing.status', one.status)}</strong> : label('tracing.status', one.status)}
              {one.contact.map((place) => <div key={place.organisation_id}><bdi dir="auto">{place.organisation}</bdi></div>)}
            </td>
            <td data-label={t('tracing.since')}>{shownMoment(one.created_at)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
