// Two people who may be one, side by side, and what is decided about them.

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { isGone, isOvertaken } from '../../api/problem';
import { send } from '../../api/send';
import { dismiss_duplicate, get_duplicate } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { country } from '../../i18n/countries';
import { shownDay, shownMoment } from '../../i18n/dates';
import { draft, drop, keep } from '../../session/drafts';
import { may, me } from '../../session/session';
import { Wrong, errorAt, errorsOf } from '../../ui/errors';
import { Form, Text } from '../../ui/fields';
import { Shown, useLoaded } from '../../ui/load';
import { useWork } from '../../ui/work';
import { Gone } from '../gone';
import { OrganisationName } from '../organisation';
import { MergeSteps } from './merge-steps';

export function Pair({ id }: { readonly id: string }) {
  const seen = useLoaded(async () => send(get_duplicate, { path: { id } }), [id]);
  if (isGone(seen.failure)) return <Gone title={t('duplicates.gone')} id={id} path="duplicates" back={t('nav.duplicates')} />;
  return (
    <>
      <p><a href="#/duplicates">{t('duplicates.back')}</a></p>
      <Shown of={seen}>{({ body, etag }) => <Both pair={body} etag={etag} again={seen.again} put={(now, tag) => seen.put({ status: 200, body: now, etag: tag })} />}</Shown>
    </>
  );
}

interface BothProps {
  readonly pair: S.DuplicatePair;
  readonly etag: string;
  readonly again: () => void;
  readonly put: (pair: S.DuplicatePair, etag: string) => void;
}

/** Under what name the reason is kept. */
const kindOf = (pair: S.DuplicatePair): string => `duplicates two ${pair.id}`;

function Both({ pair, etag, again, put }: BothProps) {
  const mine = me.value?.organisation_id;
  const isOurs = pair.first.owner_id === mine && pair.second.owner_id === mine;
  useEffect(() => {
    // What was decided needs no reason any more.
    if (pair.status !== 'open') drop(kindOf(pair));
  }, [pair.status]);
  return (
    <>
      <h1 tabIndex={-1}>{t('duplicates.same')}</h1>
      <p>
        {t('duplicates.open_both')} <a href={`#/cases/${pair.first.case_id}`}><bdi>{pair.first.case_code}</bdi></a>, <a href={`#/cases/${pair.second.case_id}`}><bdi>{pair.second.case_code}</bdi></a>
      </p>
      <Compared pair={pair} />
      {pair.status === 'open' ? (
        <>
          {!may('case:close') ? <p class="quiet">{t('duplicates.supervisor')}</p> : isOurs ? <MergeSteps pair={pair} onStale={again} /> : <p class="quiet">{t('duplicates.other_owner')}</p>}
          {may('case:update') ? <Dismiss pair={pair} etag={etag} onDone={put} onStale={again} /> : null}
        </>
      ) : (
        <section class="panel" aria-labelledby="decided">
          <h2 id="decided">{label('duplicates.status', pair.status)}</h2>
          {pair.reason ? <p dir="auto">{pair.reason}</p> : null}
          <p class="quiet">{shownMoment(pair.updated_at)}</p>
          {pair.status === 'merged' ? <p><a href="#/duplicates/merges">{t('duplicates.merges')}</a></p> : null}
        </section>
      )}
    </>
  );
}

function Compared({ pair }: { readonly pair: S.DuplicatePair }) {
  const owner = (side: S.DuplicateSide) => <OrganisationName id={side.owner_id} />;
  const outcome = (field: S.MatchFieldCode) => pair.reasons.find((one) => one.field === field)?.outcome;
  const rows: readonly (readonly [string, (side: S.DuplicateSide) => ComponentChildren, S.MatchFieldCode?])[] = [
    [t('cases.name'), (side) => side.name || t('register.nameless'), 'name'],
    [t('duplicates.birth'), (side) => shownDay(side.birth_date), 'birth_date'],
    [t('cases.nationality'), (side) => country(side.nationality), 'nationality'],
    [t('duplicates.gender'), (side) => label('gender', side.gender), 'gender'],
    [t('duplicates.owner'), owner],
    [t('duplicates.registered'), (side) => shownMoment(side.registered_at)],
  ];
  // What is compared of a document or a phone is told, and never its value.
  const unseen = pair.reasons.filter((one) => one.field === 'document_number' || one.field === 'phone');
  return (
    <table class="cards pair">
      <caption>{t('duplicates.side_by_side')}</caption>
      <thead>
        <tr>
          <td />
          {[pair.first, pair.second].map((side) => (
            <th scope="col" key={side.case_id}><bdi>{side.case_code}</bdi></th>
          ))}
          <th scope="col">{t('duplicates.compared')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, shown, field]) => {
          const found = field && outcome(field);
          return (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td data-label={pair.first.case_code}><bdi dir="auto">{shown(pair.first)}</bdi></td>
              <td data-label={pair.second.case_code}><bdi dir="auto">{shown(pair.second)}</bdi></td>
              <td data-label={t('duplicates.compared')}>{found ? <span class={`outcome ${found}`}>{label('outcome', found)}</span> : '–'}</td>
            </tr>
          );
        })}
        {unseen.map((one) => (
          <tr key={one.field}>
            <th scope="row">{label('match', one.field)}</th>
            <td class="quiet" colSpan={2}>{t('duplicates.in_case')}</td>
            <td data-label={t('duplicates.compared')}><span class={`outcome ${one.outcome}`}>{label('outcome', one.outcome)}</span></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface DismissProps {
  readonly pair: S.DuplicatePair;
  readonly etag: string;
  readonly onDone: (pair: S.DuplicatePair, etag: string) => void;
  readonly onStale: () => void;
}

/** They are two people: that is said with a reason, and they are not proposed again. */
function Dismiss({ pair, etag, onDone, onStale }: DismissProps) {
  const kind = kindOf(pair);
  const [reason, setReason] = useState(() => draft<string>(kind) ?? '');
  const { isBusy, failure, work } = useWork();
  const change = (text: string) => {
    setReason(text);
    if (text) keep(kind, text);
    else drop(kind);
  };
  const save = async () => {
    await work(async () => {
      const answer = await send(dismiss_duplicate, { path: { id: pair.id }, body: { reason: reason.normalize('NFC').trim() }, ifMatch: etag });
      drop(kind);
      onDone(answer.body, answer.etag);
    }, (why) => {
      if (isGone(why)) drop(kind);
      if (isOvertaken(why)) onStale();
    });
  };
  return (
    <section class="panel" aria-labelledby="two">
      <h2 id="two">{t('duplicates.two')}</h2>
      <p>{t('duplicates.two_text')}</p>
      <Form label={t('duplicates.two')} onSubmit={() => void save()}>
        <Wrong failure={failure} />
        <Text label={t('duplicates.reason')} name="/reason" value={reason} onInput={change} error={errorAt(errorsOf(failure), '/reason')} hint={t('duplicates.two_hint')} max={2000} isLong isName required />
        <p class="buttons"><button class="quiet-button" disabled={isBusy}>{t('duplicates.two_go')}</button></p>
      </Form>
    </section>
  );
}
