// The access token, which is in this variable and nowhere else. The refresh token is in a cookie that no script reads.

import type { S } from '../generated/schema';
import { NoAnswer, refusal } from './problem';

/** What an account must still do before it can be used, in this order. */
export type FirstStep = 'must_change_password' | 'must_enrol_second_factor' | 'must_accept_code_of_conduct';
const FIRST: readonly FirstStep[] = ['must_change_password', 'must_enrol_second_factor', 'must_accept_code_of_conduct'];

interface Held {
  readonly access: string;
  readonly user: string;
  readonly refreshBy: number;
  readonly first: readonly FirstStep[];
}

/** Seconds before its end at which an access token is exchanged. */
const EARLY = 30;
/** Milliseconds after which nobody waits for tokens any longer, and after which nobody waits for the end of a session. */
const LIMIT = 15_000;
const PATIENCE = 5000;
let held: Held | null = null;
let takenAt = 0;
let provenAt = 0;
/** Seconds without a key after which the session ends, as the server says. */
let idleSeconds = 900;

const now = () => Date.now() / 1000;

/** Whose token it is: two tabs share one cookie, and another user may have signed in there. */
export function subject(access: string): string {
  const claims = access.split('.')[1] ?? '';
  const parsed = JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/'))) as { sub?: unknown };
  return String(parsed.sub ?? '');
}

export function take(tokens: S.TokenPair): void {
  held = { access: tokens.access_token, user: subject(tokens.access_token), refreshBy: now() + tokens.expires_in - EARLY, first: FIRST.filter((step) => tokens[step]) };
  takenAt = now();
  idleSeconds = tokens.refresh_expires_in;
}

/** The user proved who they are. */
export function proved(): void {
  provenAt = now();
}

/** Seconds since the user proved who they are; after a reload it is not known, and so it is long ago. */
export const sinceProof = (): number => now() - provenAt;
export const access = (): string | null => held?.access ?? null;
export const user = (): string | null => held?.user ?? null;
/** What the session is for until it is done. */
export const firstSteps = (): readonly FirstStep[] => held?.first ?? [];
export const isDue = (): boolean => held !== null && now() > held.refreshBy;
/** When the session was last prolonged, in seconds. */
export const prolongedAt = (): number => takenAt;
export const idleLimit = (): number => idleSeconds;

export function forget(): void {
  held = null;
  provenAt = 0;
}

/** What `login` and `refresh` are sent with: pages of other sites cannot send this header. */
const OWN = { 'Content-Type': 'application/json', 'Homeward-Session': 'cookie' };

/** Asks for a session in the cookie. What is answered is not yet taken: an account may have to be set up first. In turn with what else
 *  touches the cookie: the refusal of a dead session, which takes the cookie away, does not come after it. */
export const open = (credentials: S.Credentials): Promise<S.TokenPair> => inTurn(() => opened(credentials));

async function opened(credentials: S.Credentials): Promise<S.TokenPair> {
  let answer: Response;
  try {
    answer = await fetch('/v1/auth/login', { method: 'POST', headers: OWN, body: JSON.stringify({ ...credentials, session: 'cookie' }), credentials: 'same-origin', cache: 'no-store', redirect: 'error' });
  } catch {
    throw new NoAnswer();
  }
  if (!answer.ok) throw await refusal(answer);
  return (await answer.json()) as S.TokenPair;
}

let refreshing: Promise<boolean> | null = null;

/** Exchanges the cookie for a new access token, once at a time in all tabs. False if there is no session any more. */
export function refresh(): Promise<boolean> {
  refreshing ??= inTurn(exchange).finally(() => {
    refreshing = null;
  });
  return refreshing;
}

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  // Tabs share the cookie, and a token that is used twice ends the session.
  return 'locks' in navigator ? (navigator.locks.request('homeward-refresh', work) as unknown as Promise<T>) : work();
}

async function exchange(): Promise<boolean> {
  const before = held?.user;
  const pair = await exchanged();
  // Somebody else signed in in another tab: this page is not theirs. Nor is it of whoever left it meanwhile.
  if (!pair || held?.user !== before || (before && subject(pair.access_token) !== before)) return false;
  take(pair);
  return true;
}

/** New tokens for those of the cookie; null if it holds no session any more. */
async function exchanged(signal = limited(LIMIT)): Promise<S.TokenPair | null> {
  let answer: Response;
  try {
    answer = await fetch('/v1/auth/refresh', { method: 'POST', headers: OWN, body: '{"session":"cookie"}', credentials: 'same-origin', cache: 'no-store', redirect: 'error', signal });
  } catch {
    throw new NoAnswer();
  }
  if (answer.ok) return (await answer.json()) as S.TokenPair;
  if (answer.status === 401) return null;
  throw await refusal(answer);
}

/** A session that is to end, by what the page that left it still knows. */
export interface Ending {
  readonly access: string | null;
  /** Whose it was; null after a reload, which knows it no more. */
  readonly user: string | null;
  /** Whether it is still to end: whoever signed in meanwhile is left alone. */
  readonly isWanted: () => boolean;
}

/** Ends a session at the server and takes its cookie away. True once it has ended; it is not asked who may sit there now. */
export async function close(ending: Ending): Promise<boolean> {
  const signal = limited(PATIENCE);
  try {
    if (ending.access && (await loggedOut(ending.access, signal))) return true;
    return await inTurn(async () => {
      if (!ending.isWanted()) return true;
      const pair = await exchanged(signal);
      const isTheirs = pair && (ending.user === null || subject(pair.access_token) === ending.user);
      return isTheirs ? loggedOut(pair.access_token, signal) : true;
    });
  } catch {
    return false;
  }
}

function limited(milliseconds: number): AbortSignal {
  const clock = new AbortController();
  setTimeout(() => clock.abort(), milliseconds);
  return clock.signal;
}

async function loggedOut(access: string, signal: AbortSignal): Promise<boolean> {
  const answer = await fetch('/v1/auth/logout', { method: 'POST', headers: { Authorization: `Bearer ${access}` }, credentials: 'same-origin', cache: 'no-store', redirect: 'error', signal });
  if (answer.status !== 204 && answer.status !== 401) throw new NoAnswer();
  return answer.status === 204;
}
