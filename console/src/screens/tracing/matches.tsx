// Who is looked for and may be one of the people whom our organisation accompanies. Nobody else learns of it.

import { send } from '../../api/send';
import { list_tracing_matches } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import { More, usePages } from '../../ui/pages';
import { Sides } from './parts';

export const reasonsOf = (reasons: readonly S.MatchReason[]): string => reasons.map((one) => `${label('match', one.field)}: ${label('outcome', one.outcome)}`).join(' · ') || '–';

export function Matches() {
  const list = usePages(async (after) => (await send(list_tracing_matches, { query: { limit: 50, ...(after ? { after } : {}) } })).body, []);
  return (
    <>
      <h1 tabIndex={-1}>{t('tracing.matches')}</h1>
      <Sides at="matches" />
      <p class="hint">{t('tracing.ask_first')}</p>
      <More of={list}>{(items) => (items.length ? <Table items={items} /> : <p>{t('tracing.no_match')}</p>)}</More>
    </>
  );
}

function Table({ items }: { readonly items: readonly S.TracingMatch[] }) {
  return (
    <table class="cards">
      <caption>{t('tracing.matches_shown', { count: items.length })}</caption>
      <thead>
        <tr>
          <th scope="col">{t('tracing.ours_is')}</th>
          <th scope="col">{t('tracing.looked_for')}</th>
          <th scope="col">{t('tracing.requester')}</th>
          <th scope="col">{t('tracing.reasons')}</th>
          <th scope="col">{t('tracing.said')}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={one.id}>
            <th scope="row" data-label={t('tracing.ours_is')}><a href={`#/tracing/matches/${one.id}`}><bdi dir="auto">{one.name || t('register.nameless')}</bdi></a> <bdi>{one.case_code}</bdi></th>
            <td data-label={t('tracing.looked_for')}><bdi dir="auto">{one.details.sought.name}</bdi></td>
            <td data-label={t('tracing.requester')}><bdi dir="auto">{one.requester}</bdi></td>
            <td data-label={t('tracing.reasons')}>{reasonsOf(one.reasons)}</td>
            <td data-label={t('tracing.said')}>{one.decision ? `${label('tracing.decision', one.decision)}, ${shownMoment(one.decided_at)}` : <strong>{t('tracing.not_asked')}</strong>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
