// Journeys that several people make together, and who is on board.

import { send } from '../../api/send';
import { list_movement_batches } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import type { Opened } from '../../later';
import { may } from '../../session/session';
import { Paged } from '../../ui/pages';
import { BatchForm } from './batch-form';
import { Batch } from './batch';

export function Travel({ rest: [id = '', part = ''] }: Opened) {
  if (id === 'new' && may('repatriation:move')) return <BatchForm seen={null} />;
  return id && id !== 'new' ? <Batch id={id} part={part} /> : <Batches />;
}

function Batches() {
  return (
    <>
      <h1 tabIndex={-1}>{t('nav.travel')}</h1>
      {may('repatriation:move') ? <p class="buttons"><a class="button" href="#/travel/new">{t('travel.new')}</a></p> : null}
      <Paged read={async (after) => (await send(list_movement_batches, { query: { limit: 50, ...(after ? { after } : {}) } })).body}>
        {(batches) => (batches.length ? <Table batches={batches} /> : <p>{t('travel.none')}</p>)}
      </Paged>
    </>
  );
}

/** From where to where, as far as it is known. */
export const route = (one: S.MovementBatch): string => [one.origin, one.destination].filter(Boolean).join(' → ');

function Table({ batches }: { readonly batches: readonly S.MovementBatch[] }) {
  return (
    <table class="cards">
      <caption>{t('travel.caption', { count: batches.length })}</caption>
      <thead>
        <tr>
          <th scope="col">{t('travel.name')}</th>
          <th scope="col">{t('travel.mode')}</th>
          <th scope="col">{t('travel.departs_at')}</th>
          <th scope="col">{t('travel.route')}</th>
          <th scope="col">{t('travel.on_board')}</th>
          <th scope="col">{t('travel.status')}</th>
        </tr>
      </thead>
      <tbody>
        {batches.map((one) => (
          <tr key={one.id}>
            <th scope="row" data-label={t('travel.name')}><a href={`#/travel/${one.id}`}><bdi dir="auto">{one.name}</bdi></a></th>
            <td data-label={t('travel.mode')}>{label('mode', one.mode)}{one.reference ? <>, <bdi>{one.reference}</bdi></> : null}</td>
            <td data-label={t('travel.departs_at')}>{shownMoment(one.departed_at ?? one.departs_at)}</td>
            <td data-label={t('travel.route')} dir="auto">{route(one) || '–'}</td>
            <td data-label={t('travel.on_board')}>{t('travel.seats', { count: one.on_board, capacity: one.capacity })}</td>
            <td data-label={t('travel.status')}>{label('status', one.status)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
