// Who is on board, and what keeps each from the next step. Their papers, and who is left behind by them, stand on the manifest: whoever
// asks for that proves who they are.

import { useEffect, useRef, useState } from 'preact/hooks';
import { Refused, SignedOut } from '../../api/problem';
import { asksForProof, send } from '../../api/send';
import { sendTable } from '../../api/table';
import { get_movement_manifest, get_movement_manifest_csv, remove_movement_passenger } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, sentence, t } from '../../i18n';
import { country } from '../../i18n/countries';
import { shownDay } from '../../i18n/dates';
import { may } from '../../session/session';
import { Dialog } from '../../ui/dialog';
import { Wrong } from '../../ui/errors';
import { SaveNames } from '../../ui/save';
import { formFor, leadsTo } from '../leads';
import { isBoarding } from './batch-fields';
import type { Seen } from './batch-form';
import { Who } from './outcome';

interface Props {
  readonly seen: Seen;
  readonly manifest: S.MovementManifest | null;
  readonly onManifest: (manifest: S.MovementManifest | null) => void;
  /** Something changed, or may have: the journey is read anew. */
  readonly onChanged: () => void;
}

export function OnBoard({ seen, manifest, onManifest, onChanged }: Props) {
  const { batch } = seen;
  const [failure, setFailure] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [leaving, setLeaving] = useState<S.CaseSummary | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const show = async () => {
    setBusy(true);
    try {
      onManifest((await send(get_movement_manifest, { path: { id: batch.id } })).body);
    } catch (why) {
      // Whoever did not prove who they are is shown nothing, and may press again.
      if (!(why instanceof SignedOut)) setFailure(why);
    } finally {
      setBusy(false);
    }
  };
  useEffect(() => {
    // Nobody who proved it a moment ago is asked to press once more. What was refused before stays to be read.
    if (!manifest && batch.on_board > 0 && !asksForProof(get_movement_manifest)) void show();
  }, [batch.version, manifest === null]);
  const canChange = may('repatriation:move') && isBoarding(batch);
  const takeOff = async (one: S.CaseSummary) => {
    setLeaving(null);
    setFailure(null);
    setBusy(true);
    try {
      await send(remove_movement_passenger, { path: { id: batch.id, case_id: one.id }, ifMatch: seen.etag });
      if (manifest) onManifest({ ...manifest, passengers: manifest.passengers.filter((other) => other.case_id !== one.id) });
    } catch (why) {
      setFailure(why);
      // Who is on board now is not what was shown.
      if (!(why instanceof SignedOut) && (!(why instanceof Refused) || why.status !== 403)) onManifest(null);
    } finally {
      setBusy(false);
      onChanged();
      heading.current?.focus();
    }
  };
  return (
    <section class="panel" aria-labelledby="on-board">
      <h2 id="on-board" tabIndex={-1} ref={heading}>{t('travel.who')}: {t('travel.seats', { count: batch.on_board, capacity: batch.capacity })}</h2>
      <p class="quiet" role="status">{isBusy ? t('load.wait') : ''}</p>
      <Wrong failure={failure} />
      <div class="buttons">
        {canChange ? <a class="button" href={`#/travel/${batch.id}/add`}>{t('travel.add')}</a> : null}
        {batch.on_board > 0 && !manifest ? <button type="button" class="quiet-button" disabled={isBusy} onClick={() => {
          setFailure(null);
          void show();
        }}>{t('travel.show')}</button> : null}
        {batch.on_board > 0 ? <a class="button quiet-button" href={`#/travel/${batch.id}/manifest`}>{t('travel.manifest')}</a> : null}
        {batch.on_board > 0 ? <a class="button quiet-button" href={`#/travel/${batch.id}/letter`}>{t('paper.letter')}</a> : null}
        {batch.on_board > 0 ? <SaveNames key={batch.version} label={t('travel.csv')} name={`manifest-${batch.departs_at.slice(0, 10)}.csv`} load={() => sendTable(get_movement_manifest_csv, { path: { id: batch.id } })} /> : null}
      </div>
      {batch.on_board > 0 && !manifest ? <p class="hint">{t('travel.proof')}</p> : null}
      {seen.board?.passengers.length ? <Passengers board={seen.board} manifest={manifest} onTakeOff={canChange ? setLeaving : null} /> : null}
      {leaving ? (
        <Dialog title={t('travel.take_off')} onClose={() => setLeaving(null)}>
          <p><bdi dir="auto">{leaving.name ?? leaving.code}</bdi>: {t('travel.take_off_text')}</p>
          <p class="buttons">
            <button type="button" onClick={() => void takeOff(leaving)}>{t('travel.take_off')}</button>
            <button type="button" class="quiet-button" onClick={() => setLeaving(null)}>{t('form.cancel')}</button>
          </p>
        </Dialog>
      ) : null}
    </section>
  );
}

const born = (one: S.ManifestPassenger): string => (one.birth_date ? shownDay(one.birth_date) : one.age_estimate ? t('birth.age', { from: one.age_estimate.from_years, to: one.age_estimate.to_years }) : '–');

interface PassengersProps {
  readonly board: S.MovementPassengers;
  readonly manifest: S.MovementManifest | null;
  readonly onTakeOff: ((one: S.CaseSummary) => void) | null;
}

function Passengers({ board, manifest, onTakeOff }: PassengersProps) {
  const { passengers, step } = board;
  const ready = step ? label('travel.ready', step) : '';
  return (
    <table class="cards">
      <caption>{t('travel.passengers', { count: passengers.length })}</caption>
      <thead>
        <tr>
          <th scope="col">{t('cases.name')}</th>
          <th scope="col">{t('cases.nationality')}</th>
          {manifest ? <th scope="col">{t('travel.paper')}</th> : null}
          <th scope="col">{t('cases.stage')}</th>
          {step ? <th scope="col">{ready}</th> : null}
          {onTakeOff ? <th scope="col">{t('travel.seat')}</th> : null}
        </tr>
      </thead>
      <tbody>
        {passengers.map(({ case: one, has_made, unmet }) => {
          const paper = manifest?.passengers.find((other) => other.case_id === one.id);
          return (
            <tr key={one.id}>
              <th scope="row" data-label={t('cases.name')}>
                <Who id={one.id} code={one.code} name={one.name ?? t('case.not_shared')} />
                {one.is_child ? <span class="mark">{t('case.child')}</span> : null}
                {paper && !paper.can_travel ? <span class="mark">{t('travel.cannot')}</span> : null}
                {paper?.travels_without.map((relative) => (
                  <p class="error" key={relative.case_id}>{t('travel.travels_without')} <a href={`#/cases/${relative.case_id}`}>{label('relation', relative.relation)}, <bdi>{relative.case_code}</bdi></a>{relative.is_child ? <span class="mark">{t('case.child')}</span> : null}</p>
                ))}
              </th>
              <td class="whole" data-label={t('cases.nationality')}>{country(one.nationality_verified ?? one.nationality_claimed)}</td>
              {manifest ? <td data-label={t('travel.paper')}>{paper ? <Papers of={paper} /> : '–'}</td> : null}
              <td class="whole" data-label={t('cases.stage')}>{one.side_state ? label('side_state', one.side_state) : label('stage', one.stage)}</td>
              {step ? <td data-label={ready}>{has_made ? t('travel.has_made') : unmet.length ? <Missing id={one.id} unmet={unmet} /> : t('travel.is_ready')}</td> : null}
              {onTakeOff ? <td data-label={t('travel.seat')}><button type="button" class="small quiet-button" aria-label={`${t('travel.take_off')}: ${one.name ?? one.code}`} onClick={() => onTakeOff(one)}>{t('travel.take_off')}</button></td> : null}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** What somebody travels on, and when they were born: what is looked at in the queue. */
function Papers({ of }: { readonly of: S.ManifestPassenger }) {
  const paper = of.travel_document;
  return (
    <>
      {paper ? <>{label('kind', paper.kind)}{paper.number ? <>, <bdi>{paper.number}</bdi></> : null}{paper.expires_on ? `, ${t('travel.until', { day: shownDay(paper.expires_on) })}` : ''}</> : t('travel.no_paper')}
      <br />
      {t('travel.born', { day: born(of) })}
    </>
  );
}

/** What keeps somebody from the next step, each with the form that settles it. */
function Missing({ id, unmet }: { readonly id: string; readonly unmet: readonly S.UnmetGuard[] }) {
  return (
    <ul class="missing">
      {unmet.map((guard) => {
        // The seat is booked with the journey, for everybody, and not on the case: a second movement there would be wrong.
        if (guard.resource === 'movements' && guard.field === 'status') return <li key={guard.guard}>{t('travel.not_booked')}</li>;
        const text = sentence('guard', guard.guard, guard.message);
        return <li key={guard.guard}>{formFor(guard) ? <a href={leadsTo(id, guard)}>{text}</a> : text}</li>;
      })}
    </ul>
  );
}
