// Who is signed in, and the end of it: everything that is on screen or in memory goes.

import { batch, signal } from '@preact/signals';
import { Refused, SignedOut } from '../api/problem';
import { ask, send } from '../api/send';
import * as tokens from '../api/tokens';
import { get_me, step_up } from '../generated/operations';
import type { S } from '../generated/schema';
import { deviceToken, keepDeviceToken } from './device';
import { isMarked, mark, unmark } from './leaving';
import { OWN, listen, tell } from './tabs';

export type Permission = S.PermissionCode;
export type FirstStep = tokens.FirstStep;

/** Whoever is signed in; null: nobody. */
export const me = signal<S.Me | null>(null);
/** What whoever signed in must do before the account can be used, in this order. */
export const first = signal<readonly FirstStep[]>([]);
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
  wipes += 1;
  batch(() => {
    for (const one of wipers) one(keepsUnsent);
    me.value = null;
    first.value = [];
    ended.value = why;
    lost.value = 0;
  });
  if (location.hash) {
    history.replaceState(null, '', location.pathname);
    dispatchEvent(new HashChangeEvent('hashchange'));
  }
}

/** Who it is, once what they left here is made ready. */
async function whoIsHere(): Promise<S.Me> {
  const [whose] = await Promise.all([send(get_me), ...entries.map((prepare) => prepare())]);
  return whose.body;
}

/** How often this page was emptied: who was on their way meanwhile does not arrive any more. */
let wipes = 0;

/** Shows what is of a user, unless the page was emptied or somebody else signed in while they were on their way. */
async function show(): Promise<void> {
  const before = wipes;
  const whose = await whoIsHere();
  if (wipes !== before || tokens.user() !== whose.user_id) throw new SignedOut();
  first.value = [];
  arrive(whose);
  settle(true);
}

/** Begins with what must be done first, or arrives. */
async function enter(): Promise<void> {
  first.value = tokens.firstSteps();
  if (!first.value.length) await show();
}

/** Takes up what came after the user had arrived. */
export function arriveAgain(): void {
  const user = me.peek()?.user_id;
  if (user) batch(() => { lost.value += arrivals.reduce((sum, one) => sum + one(user), 0); });
}

function arrive(whose: S.Me): void {
  batch(() => {
    me.value = whose;
    ended.value = null;
    lost.value += arrivals.reduce((sum, one) => sum + one(whose.user_id), 0);
  });
}

/** Whose page this is, though they may still be on their way, or their account not set up yet. */
const holder = (): string | null => me.value?.user_id ?? tokens.user();
export const isHere = (): boolean => holder() !== null;

/** Signs in. What must be done first, if anything, is in `first` then. */
export async function signIn(username: string, password: string, code: string): Promise<void> {
  // The end of the session before would take the cookie of this one along.
  await ending;
  const device = await deviceToken(username);
  const pair = await tokens.open({ username, password, ...(code ? { code } : {}), ...(device ? { device_token: device } : {}) });
  unmark();
  await keepDeviceToken(username, pair.device_token);
  const user = tokens.subject(pair.access_token);
  const isSame = holder() === user;
  if (isHere() && !isSame) wipe('elsewhere');
  tokens.take(pair);
  tokens.proved();
  tell({ kind: 'in', user });
  await enter();
  // Whoever was setting up their account, and signed in over that, goes on with it.
  if (isSame && me.value === null) settle(true);
}

/** One of the first steps is done: the account can be used after the last one. */
export async function stepDone(step: FirstStep): Promise<void> {
  const left = first.value.filter((one) => one !== step);
  if (left.length) {
    first.value = left;
    return;
  }
  await show();
}

/** Reads anew who one is, after a change of one's own account. */
export async function readMe(): Promise<void> {
  const whose = (await send(get_me)).body;
  if (me.value) me.value = whose;
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
  if (!isHere()) return;
  const [access, user] = [tokens.access(), tokens.user()];
  mark();
  wipe(why);
  tell({ kind: 'out', why, agreed });
  leave(access, user);
}

addEventListener('online', () => {
  if (!isHere() && isMarked()) leave(null, null);
});

listen((word) => {
  switch (word.kind) {
    case 'ask':
      if (unsentHere() > 0) tell({ kind: 'unsent', id: word.id, tab: OWN, count: unsentHere() });
      break;
    case 'in':
      if (isHere() && holder() !== word.user) wipe('elsewhere');
      break;
    case 'out':
      if (isHere() || word.agreed.includes(OWN)) wipe(word.why ?? 'elsewhere', !word.agreed.includes(OWN));
      break;
  }
});
