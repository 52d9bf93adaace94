// What became of each at the last step: who stays behind first, with what keeps them and where it is settled.

import { useEffect, useRef } from 'preact/hooks';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { Checklist } from '../steps';
import { forgetOutcome, parted } from './outcomes';
import type { Outcome } from './outcomes';

interface WhoProps {
  readonly id: string;
  readonly code: string;
  readonly name?: string | undefined;
}

/** A person by the code of their case, and by the name where it is known here. */
export function Who({ id, code, name }: WhoProps) {
  return <><a href={`#/cases/${id}`}>{name ? <bdi dir="auto">{name}</bdi> : <bdi>{code}</bdi>}</a>{name ? <> <bdi class="quiet">{code}</bdi></> : null}</>;
}

interface RelativesProps {
  readonly all: readonly S.LeftBehind[];
  readonly names: Readonly<Record<string, string>>;
}

/** Who belongs to somebody on board and is not there: a child above all. The relation is what they are to whoever travels. */
export function Relatives({ all, names }: RelativesProps) {
  return (
    <ul>
      {all.map((one) => (
        <li key={`${one.passenger_case_id} ${one.case_id}`}>
          <Who id={one.case_id} code={one.case_code} name={names[one.case_id]} />
          {one.is_child ? <span class="mark">{t('case.child')}</span> : null} – {t('travel.belongs')}{' '}
          <a href={`#/cases/${one.passenger_case_id}`}>{names[one.passenger_case_id] ? <bdi dir="auto">{names[one.passenger_case_id]}</bdi> : t('travel.of_passenger')}</a> ({label('relation', one.relation)})
        </li>
      ))}
    </ul>
  );
}

export function OutcomeView({ id, outcome }: { readonly id: string; readonly outcome: Outcome }) {
  const { result, names, to } = outcome;
  const { behind, moved, before } = parted(result);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [outcome]);
  const people = (all: readonly S.PassengerResult[]) => <ul>{all.map((one) => <li key={one.case_id}><Who id={one.case_id} code={one.case_code} name={names[one.case_id]} /></li>)}</ul>;
  return (
    <section class="panel" aria-labelledby="outcome">
      <h2 id="outcome" tabIndex={-1} ref={heading}>{label('target', to)}: {t('travel.moved', { count: moved.length })}, {t('travel.behind', { count: behind.length })}</h2>
      {behind.length ? (
        <>
          <p>{moved.length || before.length ? (to === 'departed' ? t('travel.taken_off') : t('travel.stay')) : t('travel.nobody')}</p>
          {behind.map((one) => (
            <section key={one.case_id} class="entry">
              <h3><Who id={one.case_id} code={one.case_code} name={names[one.case_id]} /></h3>
              <Checklist id={one.case_id} unmet={one.unmet} />
            </section>
          ))}
        </>
      ) : null}
      {result.left_without.length ? (
        <>
          <h3>{t('travel.without')}</h3>
          <Relatives all={result.left_without} names={names} />
        </>
      ) : null}
      {moved.length ? <details open={!behind.length}><summary>{t('travel.moved', { count: moved.length })}</summary>{people(moved)}</details> : null}
      {before.length ? <details><summary>{t('travel.before', { count: before.length })}</summary>{people(before)}</details> : null}
      <p class="quiet">{t('travel.kept')}</p>
      <p class="buttons"><button type="button" class="quiet-button" onClick={() => forgetOutcome(id)}>{t('travel.seen')}</button></p>
    </section>
  );
}
