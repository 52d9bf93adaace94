// The inbox and the outbox: what we are to answer, and what we asked others for.

import { useState } from 'preact/hooks';
import { send } from '../../api/send';
import { list_referrals, list_transfers } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { labelled, t } from '../../i18n';
import { place, refine } from '../../router';
import { me } from '../../session/session';
import { Wrong } from '../../ui/errors';
import { Select } from '../../ui/fields';
import { Shown, useLoaded } from '../../ui/load';
import { isForUs, newestFirst } from './direction';
import { Handing } from './handing';

const STATUSES: readonly S.ReferralStatus[] = ['draft', 'in_progress', 'accepted', 'rejected', 'done', 'revoked', 'expired'];
const ALL = 'all';

interface Seen {
  readonly items: readonly S.Referral[];
  readonly next: { readonly referrals: string | null; readonly transfers: string | null };
}

/** Both lists at once, from where they were read to. */
async function read(direction: 'incoming' | 'outgoing', status: S.ReferralStatus | undefined, after?: Seen['next']): Promise<Seen> {
  const query = { limit: 50, ...(status ? { status } : {}) };
  const from = (cursor: string | null | undefined) => (cursor ? { after: cursor } : {});
  const nothing = { body: { items: [], next: null } };
  const [referrals, transfers] = await Promise.all([
    after && !after.referrals ? nothing : send(list_referrals, { query: { ...query, direction, ...from(after?.referrals) } }),
    // A request for a case comes in to its owner, and the list calls that outgoing: both are read, and told apart here.
    after && !after.transfers ? nothing : send(list_transfers, { query: { ...query, ...from(after?.transfers) } }),
  ]);
  const own = me.value?.organisation_id ?? '';
  const ours = transfers.body.items.filter((one) => isForUs(one, own) === (direction === 'incoming'));
  return { items: [...referrals.body.items, ...ours], next: { referrals: referrals.body.next, transfers: transfers.body.next } };
}

export function Box({ isForUs: isIncoming }: { readonly isForUs: boolean }) {
  const direction = isIncoming ? 'incoming' : 'outgoing';
  const chosen = place.value.query.get('status') ?? 'in_progress';
  const status = STATUSES.find((one) => one === chosen);
  const page = useLoaded(() => read(direction, status), [direction, chosen]);
  const [failure, setFailure] = useState<unknown>(null);
  const [more, setMore] = useState<unknown>(null);
  const put = (after: S.Referral) => {
    if (page.value) page.put({ ...page.value, items: page.value.items.map((one) => (one.id === after.id ? after : one)) });
  };
  const further = async (seen: Seen) => {
    setMore(null);
    try {
      const next = await read(direction, status, seen.next);
      page.put({ items: [...seen.items, ...next.items], next: next.next });
    } catch (why) {
      setMore(why);
    }
  };
  return (
    <>
      <p class="quiet">{isIncoming ? t('sharing.incoming_says') : t('sharing.outgoing_says')}</p>
      <search class="filters">
        <Select label={t('cases.status')} name="status" value={chosen} choices={[{ value: ALL, text: t('cases.all') }, ...labelled('sharing.status', STATUSES)]} onChange={(value) => refine(`sharing/${direction}`, { status: value })} />
      </search>
      <Wrong failure={failure} />
      <Shown of={page}>
        {(seen) => (
          <>
            {seen.items.length ? <ul class="tasks">{newestFirst(seen.items).map((one) => <Handing key={one.id} one={one} onChanged={put} onStale={(why) => { setFailure(why); page.again(); }} />)}</ul> : <p role="status">{t('sharing.nothing')}</p>}
            <Wrong failure={more} />
            {seen.next.referrals || seen.next.transfers ? <button type="button" onClick={() => void further(seen)}>{t('cases.more')}</button> : null}
          </>
        )}
      </Shown>
    </>
  );
}
