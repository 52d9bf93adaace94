// Who sees a case, and everything by which that changes: referrals, the case itself, and whom the person never wants. #/cases/<id>/sharing

import { useState } from 'preact/hooks';
import type { S } from '../../generated/schema';
import { t } from '../../i18n';
import type { Opened } from '../../later';
import { place } from '../../router';
import { isDrafted } from '../../session/drafts';
import { may } from '../../session/session';
import { Wrong } from '../../ui/errors';
import { useLoaded } from '../../ui/load';
import { CaseHead, OfCase, isOpen, isOurs } from '../of-case';
import { Handing } from '../sharing/handing';
import { Denials } from './denials';
import { Offer, RequestCase } from './offer';
import { Refer } from './refer';
import { read } from './seen';
import type { Seen } from './seen';
import { Takeover } from './takeover';
import { Seers } from './who';

export function CaseSharing({ rest: [id = ''] }: Opened) {
  const seen = useLoaded(() => read(id), [id]);
  return <OfCase id={id} of={seen}>{(one) => <Page seen={one} again={seen.again} />}</OfCase>;
}

function Page({ seen, again }: { readonly seen: Seen; readonly again: () => void }) {
  const { file } = seen;
  const [said, setSaid] = useState('');
  const [failure, setFailure] = useState<unknown>(null);
  const done = (what: string) => {
    setSaid(what);
    setFailure(null);
    again();
  };
  const canWrite = may('sharing:write') && !seen.isReadOnly;
  const canHandOn = canWrite && isOurs(file) && isOpen(file);
  const asked = place.value.query.get('form') ?? '';
  const isBegun = (kind: string) => asked === kind || isDrafted(`${kind} ${file.id}`);
  const list = (items: readonly S.Referral[]) => items.length ? (
    <ul class="tasks">{[...items].reverse().map((one) => <Handing key={one.id} one={one} isOnCase onChanged={() => done(t('sharing.changed'))} onStale={(why) => { setFailure(why); again(); }} />)}</ul>
  ) : <p class="quiet">{t('sharing.none_yet')}</p>;
  return (
    <>
      <CaseHead file={file} title={t('sharing.title')} />
      <p role="status">{said}</p>
      <Wrong failure={failure} />
      {seen.isReadOnly ? <p>{t('sharing.reads_only')}</p> : null}
      {isOurs(file) && file.redacted.length ? <Takeover file={file} onDone={() => done(t('sharing.takeover_done'))} onUnsure={again} /> : null}
      <Seers seen={seen} />
      <section class="panel" aria-labelledby="referrals">
        <h2 id="referrals">{t('sharing.referrals')}</h2>
        {list(seen.referrals)}
        {canHandOn ? <Refer file={file} organisations={seen.names} isBegun={isBegun('referral')} onDone={() => done(t('sharing.referred'))} onUnsure={again} /> : null}
      </section>
      <Denials seen={seen} onDone={done} onUnsure={again} />
      <section class="panel" aria-labelledby="transfers">
        <h2 id="transfers">{t('sharing.transfers')}</h2>
        {list(seen.transfers)}
        {canHandOn ? <Offer file={file} organisations={seen.names} isBegun={isBegun('transfer')} onDone={() => done(t('sharing.offered'))} onUnsure={again} /> : null}
        {canWrite && !isOurs(file) && isOpen(file) ? <RequestCase file={file} isBegun={isBegun('request')} onDone={() => done(t('sharing.requested'))} onUnsure={again} /> : null}
      </section>
    </>
  );
}
