// Who is signed in, and the end of it: everything that is on screen or in memory goes.

import { batch, signal } from '@preact/signals';
import { Refused } from '../api/problem';
import { ask, send } from '../api/send';
import * as tokens from '../api/tokens';
import { get_me, logout, step_up } from '../generated/operations';
import type { S } from '../generated/schema';
import { deviceToken, keepDeviceToken } from './device';

export type Permission = S.PermissionCode;

/** Whoever is signed in; null: nobody. */
export const me = signal<S.Me | null>(null);
/** What stands over the page: a sign-in after the session ended, or the proof for a step. */
export const asked = signal<'signIn' | 'proof' | null>(null);
/** Why the sign-in is shown, and what waits there. */
export const ended = signal<'idle' | 'elsewhere' | null>(null);

const wipers: (() => void)[] = [];
/** Registers what forgets when a session ends. */
export const onWipe = (wipe: () => void): void => void wipers.push(wipe);

const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('homeward');
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

/** Forgets everything that was shown. What is unsent is asked for before, where somebody still can be asked. */
export function wipe(why: 'idle' | 'elsewhere' | null = null): void {
  tokens.forget();
  settle(false);
  batch(() => {
    for (const one of wipers) one();
    me.value = null;
    ended.value = why;
  });
  if (location.hash) {
    history.replaceState(null, '', location.pathname);
    dispatchEvent(new HashChangeEvent('hashchange'));
  }
}

/** What an account must still do before it can be used. */
export type FirstStep = 'must_change_password' | 'must_enrol_second_factor' | 'must_accept_code_of_conduct';
const FIRST: readonly FirstStep[] = ['must_change_password', 'must_enrol_second_factor', 'must_accept_code_of_conduct'];

/** Signs in. Returns what must be done first, if anything. */
export async function signIn(username: string, password: string, code: string): Promise<FirstStep | null> {
  const device = await deviceToken(username);
  const before = me.value;
  const pair = await tokens.open({ username, password, ...(code ? { code } : {}), ...(device ? { device_token: device } : {}) });
  await keepDeviceToken(username, pair.device_token);
  const first = FIRST.find((step) => pair[step]);
  if (first) return first;
  tokens.take(pair);
  tokens.proved();
  if (before && before.user_id !== tokens.user()) {
    wipe();
    tokens.take(pair);
    tokens.proved();
  }
  me.value = (await send(get_me)).body;
  ended.value = null;
  settle(true);
  return null;
}

/** Goes on with the session of the cookie, after a reload. */
export async function resume(): Promise<boolean> {
  if (!(await tokens.refresh())) return false;
  try {
    me.value = (await send(get_me)).body;
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

let isLeaving = false;

/** Ends the session here and in every tab. It ends at the server too, unless there is no line: then its token runs out. */
export async function signOut(why: 'idle' | null = null): Promise<void> {
  if (isLeaving) return;
  isLeaving = true;
  const leaving = send(logout).catch(() => undefined);
  await Promise.race([leaving, new Promise((done) => setTimeout(done, 3000))]);
  wipe(why);
  tabs?.postMessage(why ?? 'out');
  isLeaving = false;
}

tabs?.addEventListener('message', (event: MessageEvent<string>) => {
  if (me.value) wipe(event.data === 'idle' ? 'idle' : 'elsewhere');
});
