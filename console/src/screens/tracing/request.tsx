// One request of ours: whom we look for, how far it is, and its end.

import { useState } from 'preact/hooks';
import { isGone, isOvertaken } from '../../api/problem';
import { send } from '../../api/send';
import { close_tracing_request, get_tracing_request } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { shownMoment } from '../../i18n/dates';
import { Dialog } from '../../ui/dialog';
import { Wrong } from '../../ui/errors';
import { Shown, useLoaded } from '../../ui/load';
import { useWork } from '../../ui/work';
import { Gone } from '../gone';
import { askedRows, soughtRows } from './words';
import type { Row } from './words';

/** How it ends: whoever asked met the person, or gives it up. */
type End = 'reunified' | 'closed';

export function Request({ id }: { readonly id: string }) {
  const seen = useLoaded(async () => send(get_tracing_request, { path: { id } }), [id]);
  if (isGone(seen.failure)) return <Gone title={t('tracing.gone')} id={id} path="tracing" back={t('nav.tracing')} />;
  return (
    <>
      <p><a href="#/tracing">{t('tracing.back')}</a></p>
      <Shown of={seen}>{({ body, etag }) => <File one={body} etag={etag} again={seen.again} put={(now, tag) => seen.put({ status: 200, body: now, etag: tag })} />}</Shown>
    </>
  );
}

interface FileProps {
  readonly one: S.TracingRequest;
  readonly etag: string;
  readonly again: () => void;
  readonly put: (one: S.TracingRequest, etag: string) => void;
}

function File({ one, etag, again, put }: FileProps) {
  const [asked, setAsked] = useState<End | null>(null);
  const { isBusy, failure, work } = useWork();
  const isOver = one.status === 'reunified' || one.status === 'closed';
  const end = async (status: End) => {
    await work(async () => {
      const answer = await send(close_tracing_request, { path: { id: one.id }, body: { status }, ifMatch: etag });
      setAsked(null);
      put(answer.body, answer.etag);
    }, (why) => {
      setAsked(null);
      // Somebody was faster, or nobody knows what became of it: what stands there now is read.
      if (isOvertaken(why)) again();
    });
  };
  return (
    <>
      <h1 tabIndex={-1}><bdi dir="auto">{one.details.sought.name}</bdi></h1>
      <Wrong failure={failure} />
      <section class="panel" aria-labelledby="standing">
        <h2 id="standing">{label('tracing.status', one.status)}</h2>
        {one.contact.length ? (
          <>
            <p>{t('tracing.wants_contact')}</p>
            <ul>{one.contact.map((place) => <li key={place.organisation_id}><strong><bdi dir="auto">{place.organisation}</bdi></strong></li>)}</ul>
            <p class="hint">{t('tracing.never_where')}</p>
          </>
        ) : isOver ? null : (
          <p>{t('tracing.says_nothing')}</p>
        )}
        {isOver ? null : (
          <p class="buttons">
            <button type="button" onClick={() => setAsked('reunified')}>{t('tracing.met')}</button>
            <button type="button" class="quiet-button" onClick={() => setAsked('closed')}>{t('tracing.give_up')}</button>
          </p>
        )}
      </section>
      <section class="panel" aria-labelledby="sought">
        <h2 id="sought">{t('tracing.who')}</h2>
        <Facts rows={soughtRows(one.details.sought)} />
      </section>
      <section class="panel" aria-labelledby="asked">
        <h2 id="asked">{t('tracing.asks')}</h2>
        <Facts rows={[[t('tracing.relation'), label('tracing.relation', one.relation)], ...askedRows(one.details), [t('tracing.since'), shownMoment(one.created_at)]]} />
      </section>
      {asked ? (
        <Dialog title={t(asked === 'reunified' ? 'tracing.met' : 'tracing.give_up')} onClose={() => setAsked(null)}>
          <p>{t(asked === 'reunified' ? 'tracing.met_text' : 'tracing.give_up_text')} <bdi dir="auto">{one.details.sought.name}</bdi></p>
          <p class="buttons">
            <button type="button" disabled={isBusy} onClick={() => void end(asked)}>{t(asked === 'reunified' ? 'tracing.met' : 'tracing.give_up')}</button>
            <button type="button" class="quiet-button" onClick={() => setAsked(null)}>{t('form.cancel')}</button>
          </p>
        </Dialog>
      ) : null}
    </>
  );
}

/** What is known; what is not has no line. */
export function Facts({ rows }: { readonly rows: readonly Row[] }) {
  return <dl class="facts">{rows.filter(([, value]) => value).map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name} `} dir="auto">{value}</dd>])}</dl>;
}
