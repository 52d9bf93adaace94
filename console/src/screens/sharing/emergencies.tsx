// Emergency access: taking it, what was taken, and its review. It opens a case for one person and three hours, and others are told at once.

import { useState } from 'preact/hooks';
import { send } from '../../api/send';
import { list_colleagues, list_emergency_accesses } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import { may, me } from '../../session/session';
import { Wrong } from '../../ui/errors';
import { Shown, useLoaded } from '../../ui/load';
import type { Known } from '../../ui/organisations';
import { nameOf, readNames } from '../organisations';
import { LiftBar, Review } from './review';
import { Take } from './take';

interface Seen {
  readonly items: readonly S.EmergencyAccess[];
  readonly next: string | null;
  readonly names: readonly Known[];
  readonly colleagues: readonly S.Colleague[];
}

async function read(): Promise<Seen> {
  const [page, names, colleagues] = await Promise.all([send(list_emergency_accesses, { query: { limit: 50 } }), readNames(), send(list_colleagues, { query: { limit: 200 } })]);
  return { ...page.body, names, colleagues: colleagues.body.items };
}

export function Emergencies() {
  const list = useLoaded(read, []);
  const [failure, setFailure] = useState<unknown>(null);
  const further = async (seen: Seen) => {
    setFailure(null);
    try {
      const { body } = await send(list_emergency_accesses, { query: { limit: 50, after: seen.next ?? '' } });
      list.put({ ...seen, items: [...seen.items, ...body.items], next: body.next });
    } catch (why) {
      setFailure(why);
    }
  };
  return (
    <>
      {may('emergency_access:take') ? <Take isFirst={!may('emergency_access:review')} onTaken={list.again} /> : null}
      <Shown of={list}>
        {(seen) => (
          <section class="panel" aria-labelledby="taken">
            <h2 id="taken">{may('emergency_access:review') ? t('sharing.emergencies') : t('sharing.own_emergencies')}</h2>
            {seen.items.length ? null : <p role="status">{t('sharing.no_emergencies')}</p>}
            <ul class="tasks">{seen.items.map((one) => <Taken key={one.id} one={one} names={seen.names} colleagues={seen.colleagues} onReviewed={list.again} />)}</ul>
            <Wrong failure={failure} />
            {seen.next ? <button type="button" onClick={() => void further(seen)}>{t('cases.more')}</button> : null}
          </section>
        )}
      </Shown>
    </>
  );
}

interface TakenProps {
  readonly one: S.EmergencyAccess;
  readonly names: readonly Known[];
  readonly colleagues: readonly S.Colleague[];
  readonly onReviewed: () => void;
}

function Taken({ one, names, colleagues, onReviewed }: TakenProps) {
  const own = me.value;
  const isMine = one.user_id === own?.user_id;
  const isLive = Date.parse(one.expires_at) > Date.now() && one.verdict !== 'unjustified';
  const isOwner = one.owner_id === own?.organisation_id;
  const isReviewedByUs = one.reviewed_by === own?.user_id || colleagues.some((colleague) => colleague.id === one.reviewed_by);
  // Whoever took it never reviews it. Once; the owner also after the other side.
  const canReview = may('emergency_access:review') && !isMine && (one.verdict === null || (isOwner && !isReviewedByUs));
  const who = colleagues.find((colleague) => colleague.id === one.user_id)?.display_name ?? nameOf(names, one.organisation_id, t('sharing.unknown_organisation'));
  return (
    <li>
      <h3>
        <bdi class="code">{one.case_code}</bdi> {isLive ? <span class="mark">{t('sharing.live_until', { moment: shownMoment(one.expires_at) })}</span> : null}
        {one.verdict ? <span class="mark">{label('sharing.verdict', one.verdict)}</span> : <span class="mark">{t('sharing.not_reviewed')}</span>}
      </h3>
      <p>{isMine ? t('sharing.taken_by_me', { moment: shownMoment(one.created_at) }) : t('sharing.taken_by', { who, moment: shownMoment(one.created_at) })}</p>
      <p>{one.compartments.map((part) => label('compartment', part)).join(', ')}</p>
      <p>{t('sharing.why')}: <bdi dir="auto">{one.reason}</bdi></p>
      {one.review_note ? <p>{t('sharing.review_note')}: <bdi dir="auto">{one.review_note}</bdi></p> : null}
      {(isMine && isLive) || isOwner ? <p><a href={`#/cases/${one.case_id}`}>{t('sharing.to_case')}</a></p> : null}
      {canReview ? <Review one={one} onReviewed={onReviewed} /> : null}
      {may('emergency_access:review') && isOwner && one.organisation_id !== one.owner_id && !isLive ? <LiftBar one={one} /> : null}
    </li>
  );
}
