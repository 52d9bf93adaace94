// The access token, which is in this variable and nowhere else. The refresh token is in a cookie that no script reads.

import type { S } from '../generated/schema';
import { NoAnswer, refusal } from './problem';

interface Held {
  readonly access: string;
  readonly user: string;
  readonly refreshBy: number;
}

/** Seconds before its end at which an access token is exchanged. */
const EARLY = 30;
let held: Held | null = null;
let provenAt = 0;
/** Seconds without a key after which the session ends, as the server says. */
let idleSeconds = 900;

const now = () => Date.now() / 1000;

/** Whose token it is: two tabs share one cookie, and another user may have signed in there. */
function subject(access: string): string {
  const claims = access.split('.')[1] ?? '';
  const parsed = JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/'))) as { sub?: unknown };
  return String(parsed.sub ?? '');
}

export function take(tokens: S.TokenPair): void {
  held = { access: tokens.access_token, user: subject(tokens.access_token), refreshBy: now() + tokens.expires_in - EARLY };
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
export const isDue = (): boolean => held !== null && now() > held.refreshBy;
export const idleLimit = (): number => idleSeconds;

export function forget(): void {
  held = null;
  provenAt = 0;
}

/** What `login` and `refresh` are sent with: pages of other sites cannot send this header. */
const OWN = { 'Content-Type': 'application/json', 'Homeward-Session': 'cookie' };

/** Asks for a session in the cookie. What is answered is not yet taken: an account may have to be set up first. */
export async function open(credentials: S.Credentials): Promise<S.TokenPair> {
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

function inTurn(work: () => Promise<boolean>): Promise<boolean> {
  // Tabs share the cookie, and a token that is used twice ends the session.
  return 'locks' in navigator ? (navigator.locks.request('homeward-refresh', work) as unknown as Promise<boolean>) : work();
}

async function exchange(): Promise<boolean> {
  let answer: Response;
  try {
    answer = await fetch('/v1/auth/refresh', { method: 'POST', headers: OWN, body: '{"session":"cookie"}', credentials: 'same-origin', cache: 'no-store', redirect: 'error' });
  } catch {
    throw new NoAnswer();
  }
  if (answer.ok) {
    const pair = (await answer.json()) as S.TokenPair;
    // Somebody else signed in in another tab: this page is not theirs.
    if (held && subject(pair.access_token) !== held.user) return false;
    take(pair);
    return true;
  }
  if (answer.status === 401) return false;
  throw await refusal(answer);
}
