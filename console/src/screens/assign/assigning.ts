// Many cases given to one colleague, one after the other, each with what became of it. The first that fails stops none of the others, and
// leaving the screen stops nothing: what became of each stands there when one comes back.

import { signal } from '@preact/signals';
import { NoAnswer, Refused, SignedOut, mayPass } from '../../api/problem';
import { pause, send } from '../../api/send';
import { assign_case, get_case } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { me, onCount, onWipe } from '../../session/session';

export type Given = Pick<S.CaseSummary, 'id' | 'code' | 'version'>;
export interface Became extends Given {
  readonly state: 'waiting' | 'sending' | 'done' | 'failed';
  readonly failure?: unknown;
}
export interface Run {
  readonly to: string | null;
  /** Whom they are given to, in words. */
  readonly name: string;
  readonly cases: readonly Became[];
}

/** The last run, of whoever is signed in. */
export const run = signal<Run | null>(null);
onWipe(() => {
  run.value = null;
});

const waiting = (): number => (run.peek()?.cases ?? []).filter((one) => one.state === 'waiting' || one.state === 'sending').length;
// Leaving asks first while some are not given yet.
onCount({ all: waiting, unkept: waiting });

const isRunning = (one: Run | null): boolean => (one?.cases ?? []).some((other) => other.state === 'waiting' || other.state === 'sending');
export const isAssigning = (): boolean => isRunning(run.value);
const TRIES = 4;

/** Gives one case. What was answered by nothing is looked up: it may be done. */
async function give(one: Given, to: string | null, user: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await send(assign_case, { path: { id: one.id }, body: { assigned_to: to as S.UserId | null }, ifMatch: `"${one.version}"`, as: user });
      return;
    } catch (failure) {
      if (failure instanceof NoAnswer && (await holder(one.id, user)) === to) return;
      if (!mayPass(failure) || tries >= TRIES) throw failure;
      await pause(Math.min(30, failure instanceof Refused ? Math.max(1, failure.retryAfter) : tries) * 1000);
    }
  }
}

const holder = (id: S.CaseId, user: string): Promise<string | null | undefined> => send(get_case, { path: { id }, as: user }).then((answer) => answer.body.assigned_to, () => undefined);

/** Gives them all. Resolves when it is known of each what became of it. */
export async function assign(cases: readonly Given[], to: string | null, name: string): Promise<void> {
  const user = me.peek()?.user_id;
  if (!user || isAssigning()) return;
  run.value = { to, name, cases: cases.map((one) => ({ id: one.id, code: one.code, version: one.version, state: 'waiting' })) };
  const put = (id: string, state: Became['state'], failure?: unknown) => {
    // Another one's screen is left alone.
    if (run.value && me.peek()?.user_id === user) run.value = { ...run.value, cases: run.value.cases.map((one) => (one.id === id ? { ...one, state, failure } : one)) };
  };
  for (const [index, one] of cases.entries()) {
    put(one.id, 'sending');
    try {
      await give(one, to, user);
      put(one.id, 'done');
    } catch (failure) {
      put(one.id, 'failed', failure);
      // Nobody is signed in any more: the rest is not tried.
      if (failure instanceof SignedOut) {
        for (const left of cases.slice(index + 1)) put(left.id, 'failed', failure);
        return;
      }
    }
  }
}
