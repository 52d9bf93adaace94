// What happened to our access, and to cases of ours. It never says why.

import { signal } from '@preact/signals';
import { send } from '../../api/send';
import { list_access_events } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import { onWipe } from '../../session/session';
import { Shown, useLoaded } from '../../ui/load';

/** Up to when somebody said that they saw them. The server keeps no such mark: it holds until the session ends. */
const seenTo = signal('');
onWipe(() => {
  seenTo.value = '';
});

/** Pages of the list, which begins with the oldest: the newest are on the last one. */
const PAGES = 20;

async function read(): Promise<{ readonly items: readonly S.AccessEvent[]; readonly isWhole: boolean }> {
  let [items, after]: [readonly S.AccessEvent[], string | null] = [[], ''];
  for (let page = 0; page < PAGES && after !== null; page += 1) {
    const answer: { readonly body: S.AccessEventPage } = await send(list_access_events, { query: { limit: 200, ...(after ? { after } : {}) } });
    items = [...items, ...answer.body.items];
    // A page that is not full is the last one, and its cursor is for what comes later.
    after = answer.body.items.length < 200 ? null : answer.body.next;
  }
  return { items: [...items].reverse(), isWhole: after === null };
}

/** After these the case is not found any more. */
const ENDED: readonly string[] = ['access_ended'];

export function Events() {
  const list = useLoaded(read, []);
  return (
    <Shown of={list}>
      {({ items, isWhole }) => {
        const fresh = items.filter((one) => one.happened_at > seenTo.value);
        const last = items[0];
        return (
          <>
            {isWhole ? null : <p>{t('sharing.events_more')}</p>}
            {fresh.length ? <Listed events={fresh} caption={t('sharing.events', { count: fresh.length })} /> : <p role="status">{t('sharing.no_events')}</p>}
            {fresh.length && last ? <p class="buttons"><button type="button" class="quiet-button" onClick={() => { seenTo.value = last.happened_at; }}>{t('sharing.seen')}</button></p> : null}
            {fresh.length < items.length ? <details><summary>{t('sharing.events_seen', { count: items.length - fresh.length })}</summary><Listed events={items.slice(fresh.length)} caption={t('sharing.events_seen', { count: items.length - fresh.length })} /></details> : null}
          </>
        );
      }}
    </Shown>
  );
}

function Listed({ events, caption }: { readonly events: readonly S.AccessEvent[]; readonly caption: string }) {
  return (
    <table class="cards">
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{t('cases.code')}</th>
          <th scope="col">{t('sharing.what')}</th>
          <th scope="col">{t('sharing.when')}</th>
        </tr>
      </thead>
      <tbody>
        {events.map((one) => (
          <tr key={one.id}>
            <th scope="row" data-label={t('cases.code')}>{ENDED.includes(one.kind) ? <bdi class="code">{one.case_code}</bdi> : <a href={`#/cases/${one.case_id}`}><bdi class="code">{one.case_code}</bdi></a>}</th>
            <td data-label={t('sharing.what')}>{label('sharing.event', one.kind)}</td>
            <td data-label={t('sharing.when')}>{shownMoment(one.happened_at)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
