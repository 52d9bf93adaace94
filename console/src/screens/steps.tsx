// What comes next, and why not yet: the server's word. The console knows no rule; each line leads to the form that settles it.

import { useState } from 'preact/hooks';
import { Refused, isGone, isStale } from '../api/problem';
import { send } from '../api/send';
import { STAGES } from '../forms/codes';
import { make_transition } from '../generated/operations';
import type { S } from '../generated/schema';
import { label, labelled, sentence, t } from '../i18n';
import { asDay } from '../i18n/dates';
import { draft, drop, keep } from '../session/drafts';
import { may } from '../session/session';
import { Wrong, errorAt, errorsOf } from '../ui/errors';
import { Form, Select, Text } from '../ui/fields';
import { useWork } from '../ui/work';
import { formFor, leadsTo } from './leads';

const placeOf = (stage: string): number => (STAGES as readonly string[]).indexOf(stage);
/** What is left only because it was never so. */
const ENDS: readonly string[] = ['deceased', 'removed_by_force', 're_trafficked'];
const HOLDS: readonly S.HoldReason[] = [
  'witness_proceedings', 'detention', 'charges_pending', 'medical', 'border_closed', 'document_refused', 'funds', 'family_tracing', 'person_request', 'document_pending', 'no_flight', 'no_mission_answer', 'custody_dispute', 'wages_claim',
];

interface Props {
  readonly standing: S.Repatriation;
  readonly etag: string;
  readonly onMoved: (standing: S.Repatriation, etag: string) => void;
  /** Somebody changed the case meanwhile, or it is not shared any more: what is shown is read anew. */
  readonly onStale: () => void;
}

export function Checklist({ id, unmet }: { readonly id: string; readonly unmet: readonly S.UnmetGuard[] }) {
  return (
    <ul class="checklist">
      {unmet.map((guard) => {
        const to = formFor(guard) ? leadsTo(id, guard) : null;
        const text = sentence('guard', guard.guard, guard.message);
        return (
          <li key={guard.guard}>
            <span>{text}</span> {to ? <a class="button small" href={to} aria-label={`${t('steps.settle')}: ${text}`}>{t('steps.settle')}</a> : null}
          </li>
        );
      })}
    </ul>
  );
}

export function Steps({ standing, etag, onMoved, onStale }: Props) {
  // That a death or another grave end was recorded by mistake is put right among the other steps; it is not what comes next.
  const comesBack = !ENDS.includes(standing.side_state ?? '');
  const isForward = (one: S.NextTransition) => placeOf(one.to) > placeOf(standing.stage) || (one.to === 'resume' && comesBack);
  // The nearest one; whoever is beside the road comes back onto it first.
  const next = standing.next.filter(isForward).sort((one, other) => placeOf(one.to) - placeOf(other.to))[0];
  const others = standing.next.filter((one) => one !== next);
  const shared = { standing, etag, onMoved, onStale };
  return (
    <section class="panel" aria-labelledby="steps">
      <h2 id="steps">{next ? t('steps.next', { to: label('target', next.to) }) : t('steps.end')}</h2>
      {standing.approval_id ? <p role="status">{t('steps.approval')}</p> : null}
      {standing.apart.length ? <Apart all={standing.apart} /> : null}
      {next ? <Step step={next} {...shared} /> : null}
      {others.length ? (
        <details>
          <summary>{t('steps.others')}</summary>
          {others.map((one) => (
            <section key={one.rule}>
              <h3>{label('target', one.to)}</h3>
              <Step step={one} {...shared} />
            </section>
          ))}
        </details>
      ) : null}
    </section>
  );
}

/** Who belongs to the person and is not with them, a child above all, with the way to their case. */
export function Apart({ all }: { readonly all: readonly S.ApartFrom[] }) {
  return (
    <section class="wrong-box" aria-labelledby="apart">
      <h3 id="apart">{t('steps.apart')}</h3>
      <p>{t('steps.apart_says')}</p>
      <ul>
        {all.map((one) => (
          <li key={one.relation_id}>
            {label('relation', one.relation)}: <a href={`#/cases/${one.case_id}`}><bdi>{one.code}</bdi></a>
            {one.is_child ? <span class="mark">{t('case.child')}</span> : null} – {[...new Set([label('apart', one.apart), one.side_state ? label('side_state', one.side_state) : label('stage', one.stage)])].join(', ')}
            {one.separation_reason ? <>: <bdi dir="auto">{one.separation_reason}</bdi></> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What is stated with the step itself, and is no record. */
interface Stated {
  readonly reason: string;
  readonly hold: string;
  readonly review: string;
  readonly occurred: string;
  readonly source: string;
}
const NOTHING: Stated = { reason: '', hold: '', review: '', occurred: '', source: '' };

function Step({ step, standing, etag, onMoved, onStale }: Props & { readonly step: S.NextTransition }) {
  const kind = `step ${step.rule} ${standing.case_id}`;
  const [stated, setStated] = useState<Stated>(() => draft<Stated>(kind) ?? NOTHING);
  const { isBusy, failure, work } = useWork();
  const asked = step.unmet.filter((guard) => guard.resource === 'transition');
  const missing = step.unmet.filter((guard) => guard.resource !== 'transition');
  const unmet = failure instanceof Refused && failure.code === 'unmet_guards' ? (failure.problem.unmet ?? []).filter((guard) => guard.resource !== 'transition') : missing;
  const asks = (guard: string) => asked.some((one) => one.guard === guard);
  const errors = errorsOf(failure);
  const change = (to: Partial<Stated>) => {
    const now = { ...stated, ...to };
    setStated(now);
    if (Object.values(now).some(Boolean)) keep(kind, now);
    else drop(kind);
  };

  const move = async () => {
    const words = { reason: stated.reason.trim(), source: stated.source.trim(), hold_reason: stated.hold, review_on: asDay(stated.review), occurred_on: asDay(stated.occurred) };
    const told = Object.fromEntries(Object.entries(words).filter(([, value]) => value));
    await work(async () => {
      const answer = await send(make_transition, { path: { id: standing.case_id }, body: { to: step.to, ...told } as S.MakeTransition, ifMatch: etag });
      // While a second person is asked the words are needed again: the step is made anew with them.
      if (!answer.body.approval_id) drop(kind);
      onMoved(answer.body, answer.etag);
    }, (why) => {
      if (isGone(why) || isStale(why)) onStale();
    });
  };
  if (!may('repatriation:move')) return <Checklist id={standing.case_id} unmet={missing} />;
  return (
    <>
      {unmet.length ? <Checklist id={standing.case_id} unmet={unmet} /> : null}
      {missing.length ? null : (
        <Form label={label('target', step.to)} onSubmit={() => void move()}>
          <Wrong failure={failure} />
          {asks('hold_reviewed') ? (
            <>
              <Select label={t('steps.hold')} name="/hold_reason" value={stated.hold} choices={labelled('hold', HOLDS)} onChange={(hold) => change({ hold })} error={errorAt(errors, '/hold_reason')} required />
              <Text label={t('steps.review')} name="/review_on" value={stated.review} onInput={(review) => change({ review })} error={errorAt(errors, '/review_on')} hint={t('form.day_hint')} required />
            </>
          ) : null}
          {asks('date_and_source') ? (
            <>
              <Text label={t('steps.occurred')} name="/occurred_on" value={stated.occurred} onInput={(occurred) => change({ occurred })} error={errorAt(errors, '/occurred_on')} hint={t('form.day_hint')} required />
              <Text label={t('steps.source')} name="/source" value={stated.source} onInput={(source) => change({ source })} error={errorAt(errors, '/source')} max={500} isName required />
            </>
          ) : null}
          {asked.length ? <Text label={t('steps.reason')} name="/reason" value={stated.reason} onInput={(reason) => change({ reason })} error={errorAt(errors, '/reason')} max={2000} isLong isName required={asks('reason_given') || asks('second_person')} /> : null}
          <button disabled={isBusy}>{t('steps.make', { to: label('target', step.to) })}</button>
        </Form>
      )}
    </>
  );
}
