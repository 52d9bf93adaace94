// Who is signed in, and the end of it: everything that is on screen or in memory goes.

import { batch, signal } from '@preact/signals';
import { Refused } from '../api/problem';
import { ask, send } from '../api/send';
import * as tokens from '../api/tokens';
import { get_me, step_up } from '../generated/operations';
import type { S } from '../generated/schema';
import { deviceToken, keepDeviceToken } from './device';
import { isMarked, mark, unmark } from './leaving';
import { OWN, listen, tell } from './tabs';

export type Permission = S.PermissionCode;

/** Whoever is signed in; null: nobody. */
export const me = signal<S.Me | null>(null);
/** What stands over the page: a sign-in after the session ended, or the proof for a step. */
export const asked = signal<'signIn' | 'proof' | null>(null);
/** Why the sign-in is shown. */
export type Why = 'idle' | 'elsewhere' | null;
export const ended = signal<Why>(null);

const wipers: ((keepsUnsent: boolean) => void)[] = [];
/** Registers what forgets when a session ends. What is unsent may be put aside for the same user, out of sight. */
export const onWipe = (wipe: (keepsUnsent: boolean) => void): void => void wipers.push(wipe);
const arrivals: ((user: string) => number)[] = [];
/** Registers what takes up what was put aside for a user. It answers how much of others' is lost. */
export const onArrival = (arrive: (user: string) => number): void => void arrivals.push(arrive);
const entries: (() => Promise<void>)[] = [];
/** Registers what is made ready before anything of a user is shown. It does not fail, and nobody waits long for it. */
export const onEntry = (prepare: () => Promise<void>): void => void entries.push(prepare);
/** What is unsent: all of it, and what of it would be lost if the page went now. */
export interface Count {
  readonly all: () => number;
  readonly unkept: () => number;
}
const counts: Count[] = [];
/** Registers what counts what is unsent. */
export const onCount = (count: Count): void => void counts.push(count);
/** How much in this tab is unsent. */
export const unsentHere = (): number => counts.reduce((sum, count) => sum + count.all(), 0);
/** How much of it would be lost if the page went now: what the browser keeps, sealed, is there again after a reload. */
export const unkeptHere = (): number => counts.reduce((sum, count) => sum + count.unkept(), 0);
/** How much of others, who did not come back, went when the present user signed in. */
export const lost = signal(0);

let answer: ((isDone: boolean) => void) | null = null;
let pending: Promise<boolean> | null = null;

/** Asks once for all requests that wait for it. */
function over(what: 'signIn' | 'proof'): Promise<boolean> {
  if (pending && asked.value === what) return pending;
  answer?.(false);
  asked.value = what;
  pending = new Promise((resolve) => {
    answer = resolve;
  });
  return pending;
}

/** The dialog over the page is done, or was given up. */
export function settle(isDone: boolean): void {
  asked.value = null;
  answer?.(isDone);
  answer = null;
  pending = null;
}

ask({ signIn: () => over('signIn'), proof: () => over('proof') });

export const may = (permission: Permission): boolean => me.value?.permissions.includes(permission) ?? false;

/**
 * Forgets everything that was shown. Unless somebody said that it may be lost, what is unsent is put aside, unseen and in memory, for when
 * the same user signs in again.
 */
export function wipe(why: Why = null, keepsUnsent = why !== null): void {
  tokens.forget();
  settle(false);
  batch(() => {
    for (const one of wipers) one(keepsUnsent);
    me.value = null;
    ended.value = why;
    lost.value = 0;
  });
  if (location.hash) {
    history.replaceState(null, '', location.pathname);
    dispatchEvent(new HashChangeEvent('hashchange'));
  }
}

async function enter(): Promise<void> {
  const [whose] = await Promise.all([send(get_me), ...entries.map((prepare) => prepare())]);
  arrive(whose.body);
}

function arrive(whose: S.Me): void {
  batch(() => {
    me.value = whose;
    ended.value = null;
    lost.value += arrivals.reduce((sum, one) => sum + one(whose.user_id), 0);
  });
}

/** What an account must still do before it can be used. */
export type FirstStep = 'must_change_password' | 'must_enrol_second_factor' | 'must_accept_code_of_conduct';
const FIRST: readonly FirstStep[] = ['must_change_password', 'must_enrol_second_factor', 'must_accept_code_of_conduct'];

/** Signs in. Returns what must be done first, if anything. */
export async function signIn(username: string, password: string, code: string): Promise<FirstStep | null> {
  // The end of the session before would take the cookie of this one along.
  await ending;
  const device = await deviceToken(username);
  const pair = await tokens.open({ username, password, ...(code ? { code } : {}), ...(device ? { device_token: device } : {}) });
  unmark();
  await keepDeviceToken(username, pair.device_token);
  const first = FIRST.find((step) => pair[step]);
  if (first) return first;
  const user = tokens.subject(pair.access_token);
  if (me.value && me.value.user_id !== user) wipe('elsewhere');
  tokens.take(pair);
  tokens.proved();
  tell({ kind: 'in', user });
  await enter();
  settle(true);
  return null;
}

/** Goes on with the session of the cookie, after a reload. One that was to end, and could not without a line, is ended instead. */
export async function resume(): Promise<boolean> {
  if (isMarked()) {
    leave(null, null);
    return false;
  }
  if (!(await tokens.refresh())) return false;
  try {
    await enter();
    return true;
  } catch (failure) {
    if (failure instanceof Refused) return false;
    throw failure;
  }
}

/** Proves again who it is, for a step that asks for it. */
export async function prove(password: string, code: string): Promise<void> {
  await send(step_up, { body: { password, ...(code ? { code } : {}) } });
  tokens.proved();
  settle(true);
}

/** The end of a session that is on its way to the server. */
let ending: Promise<unknown> = Promise.resolve();

function leave(access: string | null, user: string | null): void {
  ending = tokens.close({ access, user, isWanted: isMarked }).then((isOver) => {
    if (isOver) unmark();
  });
}

/**
 * Ends the session here and in every tab: first what is on screen, for nothing keeps anybody waiting for that, then at the server. Without
 * a line a mark stays, and the session is ended when there is one again. `agreed` are the tabs whose unsent work may be lost.
 */
export function signOut(why: 'idle' | null = null, agreed: readonly string[] = []): void {
  if (!me.value) return;
  const [access, user] = [tokens.access(), tokens.user()];
  mark();
  wipe(why);
  tell({ kind: 'out', why, agreed });
  leave(access, user);
}

addEventListener('online', () => {
  if (!me.value && isMarked()) leave(null, null);
});

listen((word) => {
  switch (word.kind) {
    case 'ask':
      if (unsentHere() > 0) tell({ kind: 'unsent', id: word.id, tab: OWN, count: unsentHere() });
      break;
    case 'in':
      if (me.value && me.value.user_id !== word.user) wipe('elsewhere');
      break;
    case 'out':
      if (me.value || word.agreed.includes(OWN)) wipe(word.why ?? 'elsewhere', !word.agreed.includes(OWN));
      break;
  }
});
