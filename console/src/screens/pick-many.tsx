// Choosing people and sending them all: all are taken, or nobody, and then each says why. Shared by journeys and by lists of waivers.

import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Refused, isGone } from '../api/problem';
import { send } from '../api/send';
import { Frozen } from '../forms/frozen';
import { isSent, once } from '../forms/once';
import type { Keys } from '../forms/once';
import { get_case } from '../generated/operations';
import type { S } from '../generated/schema';
import { t } from '../i18n';
import { draft, drop, keep } from '../session/drafts';
import { Wrong, errorsOf } from '../ui/errors';
import { useWork } from '../ui/work';
import { fullName } from './full-name';
import { ChosenList, Pick } from './pick';
import type { Chosen } from './pick';

/** As many as the API takes at once. */
const MOST = 200;

interface Kept {
  /** Whom: by ids alone. What they are called is read again. */
  readonly ids: readonly string[];
  readonly keys: Keys;
}

interface Props {
  /** Under what name the choice is kept: it ends with the id of what it is for. */
  readonly kind: string;
  readonly stage: S.StageCode;
  /** What is pressed, with how many it is for. */
  readonly act: (count: number) => string;
  /** Takes all of them, under a key; it throws where nobody is taken. */
  readonly take: (people: readonly Chosen[], key: string) => Promise<void>;
  readonly children?: ComponentChildren;
}

/** What is wrong with each of those who were sent, in their order. */
export const wrongOf = (failure: unknown, count: number): readonly (string | undefined)[] => {
  const errors = errorsOf(failure);
  return Array.from({ length: count }, (_, at) => errors[`/case_ids/${at}`]);
};

/** The places of those who are not there, or not shared, any more. */
const goneOf = (failure: unknown): readonly number[] => (failure instanceof Refused ? (failure.problem.errors ?? []).filter((one) => one.code === 'not_found').map((one) => Number(one.pointer.split('/')[2])) : []);

/** What is kept of a choice: nobody's name and no code. */
export const keptOf = (chosen: readonly Chosen[], keys: Keys): Kept => ({ ids: chosen.map((one) => one.id), keys: { ...keys } });

/** What somebody is called who was chosen before; of whom one may not know any more nothing is said. */
async function called(id: string): Promise<Chosen> {
  try {
    const { body } = await send(get_case, { path: { id } });
    return { id, code: body.code, name: fullName(body) };
  } catch (why) {
    if (!isGone(why)) throw why;
    return { id, code: '', name: t('case.not_shared') };
  }
}

export function PickMany({ kind, stage, act, take, children }: Props) {
  const before = useMemo(() => draft<Kept>(kind), []);
  const [chosen, setChosen] = useState<readonly Chosen[]>(() => (before?.ids ?? []).map((id) => ({ id, code: '', name: '' })));
  const { isBusy, failure, setFailure, work } = useWork();
  const keys = useRef<Keys>({ ...before?.keys });
  const isFrozen = isSent(keys.current);
  const hold = () => (chosen.length ? keep(kind, keptOf(chosen, keys.current)) : drop(kind));
  useEffect(() => void hold(), [chosen]);
  useEffect(() => {
    let isCurrent = true;
    const put = (now: Chosen) => setChosen((all) => all.map((one) => (one.id === now.id ? now : one)));
    void (async () => {
      // One after the other: as many at once as were chosen would be too many.
      for (const id of before?.ids ?? []) if (isCurrent) await called(id).then((now) => isCurrent && put(now), () => undefined);
    })();
    return () => {
      isCurrent = false;
    };
  }, []);
  const change = (to: readonly Chosen[]) => {
    setChosen(to);
    setFailure(null);
  };
  const wrong = wrongOf(failure, chosen.length);
  const refused = chosen.filter((_, at) => wrong[at]);
  const sendAll = () =>
    work(async () => {
      if (!chosen.length) return;
      await once(keys.current, chosen.map((one) => one.id), (ids, key) => take(chosen.filter((one) => ids.includes(one.id)), key), hold);
      change([]);
    }, (why) => {
      // Of whom one may not know any more nothing stays but the code.
      const gone = goneOf(why);
      if (gone.length) setChosen(chosen.map((one, at) => (gone.includes(at) ? { ...one, name: '' } : one)));
    });
  return (
    <>
      <section class="panel" aria-labelledby="chosen">
        <h2 id="chosen">{t('pick.chosen', { count: chosen.length })}</h2>
        {refused.length ? (
          <div class="wrong-box" role="alert">
            <p>{t('pick.refused', { count: refused.length })}</p>
            <button type="button" onClick={() => change(chosen.filter((one) => !refused.includes(one)))}>{t('pick.leave_out', { count: refused.length })}</button>
          </div>
        ) : (
          <Wrong failure={failure} />
        )}
        <Frozen isSent={isFrozen} isBusy={isBusy}>
          {chosen.length ? <ChosenList chosen={chosen} wrong={wrong} onRemove={(one) => change(chosen.filter((other) => other !== one))} /> : <p class="quiet">{t('pick.nobody')}</p>}
        </Frozen>
        {chosen.length > MOST ? <p class="error">{t('pick.most', { count: MOST })}</p> : null}
        {chosen.length ? <p class="buttons"><button type="button" disabled={isBusy || chosen.length > MOST} onClick={() => void sendAll()}>{act(chosen.length)}</button></p> : null}
      </section>
      {children}
      <fieldset class="bare" disabled={isFrozen}><Pick stage={stage} chosen={chosen} onChange={change} /></fieldset>
    </>
  );
}
