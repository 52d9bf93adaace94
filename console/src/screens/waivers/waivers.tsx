// Lists of people whose fines one note verbale asks to waive, and what the authority answered for each.

import { send } from '../../api/send';
import { list_waiver_requests } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { shownDay } from '../../i18n/dates';
import type { Opened } from '../../later';
import { may } from '../../session/session';
import { Paged } from '../../ui/pages';
import { NewRequest } from './new-request';
import { WaiverList } from './waiver-list';

export function Waivers({ rest: [id = '', part = ''] }: Opened) {
  if (id === 'new' && may('case:update')) return <NewRequest />;
  return id && id !== 'new' ? <WaiverList id={id} part={part} /> : <Requests />;
}

function Requests() {
  return (
    <>
      <h1 tabIndex={-1}>{t('nav.waivers')}</h1>
      <p class="quiet">{t('waivers.what')}</p>
      {may('case:update') ? <p class="buttons"><a class="button" href="#/waivers/new">{t('waivers.new')}</a></p> : null}
      <Paged read={async (after) => (await send(list_waiver_requests, { query: { limit: 50, ...(after ? { after } : {}) } })).body}>
        {(lists) => (lists.length ? <Table lists={lists} /> : <p>{t('waivers.none')}</p>)}
      </Paged>
    </>
  );
}

function Table({ lists }: { readonly lists: readonly S.WaiverRequestSummary[] }) {
  return (
    <table class="cards">
      <caption>{t('waivers.caption', { count: lists.length })}</caption>
      <thead>
        <tr>
          <th scope="col">{t('waivers.reference')}</th>
          <th scope="col">{t('waivers.addressee')}</th>
          <th scope="col">{t('waivers.sent_on')}</th>
          <th scope="col">{t('waivers.percent')}</th>
          <th scope="col">{t('waivers.reason')}</th>
        </tr>
      </thead>
      <tbody>
        {lists.map((one) => (
          <tr key={one.id}>
            <th scope="row" data-label={t('waivers.reference')}><a href={`#/waivers/${one.id}`}><bdi dir="auto">{one.reference}</bdi></a></th>
            <td data-label={t('waivers.addressee')}><bdi dir="auto">{one.addressee}</bdi></td>
            <td data-label={t('waivers.sent_on')}>{shownDay(one.sent_on)}</td>
            <td data-label={t('waivers.percent')}>{t('waivers.part', { percent: one.requested_percent })}</td>
            <td data-label={t('waivers.reason')}>{label('reason', one.reason)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
