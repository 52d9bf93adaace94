// Registrations on their way. What was sent once is frozen under its key: it is sent again, word for word, until an answer comes, and so
// it is done once however often an answer was lost. Sealed in the browser as well, as far as it keeps anything: after a reload they go on
// under the same keys. The end of an unused session takes them out of sight, not away: they go on when the same user signs in again.

import { computed, signal } from '@preact/signals';
import { Refused, SignedOut, mayPass } from '../api/problem';
import { newKey, pause, send } from '../api/send';
import { create_case } from '../generated/operations';
import type { S } from '../generated/schema';
import { KEY_LIFE, isSealed, leftBehind, now, seal, takeUp, unseal } from './sealed';
import { me, onArrival, onCount, onWipe } from './session';

export interface Unsent {
  readonly key: string;
  /** Whose it is: nobody else sends it or sees it. */
  readonly owner: string;
  readonly body: S.CreateCase;
  /** What stands in the list, of which nobody but who typed it reads. */
  readonly name: string;
  /** The form as it was typed, to be mended if it is refused. */
  readonly typed: unknown;
  readonly state: 'sending' | 'waiting' | 'done' | 'refused';
  readonly made?: Pick<S.CaseFile, 'id' | 'code' | 'registered_on'>;
  /** Whether it waited for longer than the server knows its key: somebody looks first whether it was made. */
  readonly isOld?: boolean;
  /** Why it is refused, or why it waits where there was an answer. */
  readonly refusal?: Refused | undefined;
}

const items = signal<readonly Unsent[]>([]);
/** Those of whoever is signed in. */
export const outbox = computed(() => items.value.filter((one) => one.owner === me.value?.user_id));
/** The one that is on screen by itself, and so not in the list. */
export const onScreen = signal<string | null>(null);
/** One that is taken back into the form, and why; each raises the turn, so that a form which is open already begins anew. */
export const mended = signal<{ readonly turn: number; readonly refusal: Refused | undefined }>({ turn: 0, refusal: undefined });
/** Wakes those that wait. */
const bells = new Map<string, () => void>();

/** Under which name the form of a walk-in is drafted. */
export const KIND = 'walk-in';

const LONGEST = 60_000;

function change(key: string, to: Partial<Unsent>): void {
  items.value = items.value.map((one) => (one.key === key ? { ...one, ...to } : one));
}

const isUnsent = (one: Unsent): boolean => one.state !== 'done';
/** All that is not registered, refused or not, whoever typed it here. */
export const unsent = (): number => items.value.filter(isUnsent).length;

/** Sends a registration for as long as it takes. */
export function post(body: S.CreateCase, name: string, typed: unknown): string {
  const key = newKey();
  // A copy: what is typed afterwards is another registration.
  const sent: Sent = { body: JSON.parse(JSON.stringify(body)) as S.CreateCase, name, typed };
  items.value = [...items.value, { ...sent, key, owner: me.value?.user_id ?? '', state: 'sending' }];
  void seal(key, 'unsent', sent);
  void carry(key);
  return key;
}

/** What of one is kept. */
type Sent = Pick<Unsent, 'body' | 'name' | 'typed'>;

async function carry(key: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const item = items.value.find((one) => one.key === key);
    if (!item) return;
    change(key, { state: 'sending' });
    try {
      const { id, code, registered_on } = (await send(create_case, { body: item.body, key, as: item.owner })).body;
      change(key, { state: 'done', made: { id, code, registered_on }, refusal: undefined });
      void unseal(key);
      return;
    } catch (failure) {
      const refusal = failure instanceof Refused ? failure : undefined;
      if (refusal && !mayPass(refusal)) {
        change(key, { state: 'refused', refusal });
        return;
      }
      change(key, { state: 'waiting', refusal });
      const bell = new Promise<void>((wake) => bells.set(key, wake));
      // Where its owner is not signed in it waits for them, and not for a while.
      const patience = Math.max((refusal?.retryAfter ?? 0) * 1000, Math.min(LONGEST, 1000 * 2 ** tries)) + Math.random() * 500;
      await (failure instanceof SignedOut ? bell : Promise.race([pause(patience), bell]));
      bells.delete(key);
    }
  }
}

/** Sends one that waits now. */
export const tryNow = (key: string): void => bells.get(key)?.();
export const takeOut = (key: string): void => {
  void unseal(key);
  items.value = items.value.filter((one) => one.key !== key);
};
/** Takes a refused one back into the form. */
export const mend = (item: Unsent): void => {
  takeOut(item.key);
  mended.value = { turn: mended.value.turn + 1, refusal: item.refusal };
};

addEventListener('online', () => bells.forEach((wake) => wake()));
onCount({ all: unsent, unkept: () => items.value.filter((one) => isUnsent(one) && !isSealed(one.key)).length });
onWipe((keepsUnsent) => {
  if (!keepsUnsent) for (const one of items.value) void unseal(one.key);
  // What is kept comes back with its user; only what is not stays in memory for them.
  items.value = keepsUnsent ? items.value.filter((one) => isUnsent(one) && !isSealed(one.key)) : [];
  onScreen.value = null;
  mended.value = { turn: mended.value.turn + 1, refusal: undefined };
});
onArrival((user) => {
  const others = items.value.filter((one) => one.owner !== user);
  items.value = items.value.filter((one) => one.owner === user);
  for (const left of leftBehind('unsent')) {
    takeUp(left);
    if (items.value.some((one) => one.key === left.id)) continue;
    const isOld = now() - left.at > KEY_LIFE;
    items.value = [...items.value, { ...(left.value as Sent), key: left.id, owner: user, state: isOld ? 'refused' : 'sending', isOld }];
    if (!isOld) void carry(left.id);
  }
  for (const { key, body, name, typed } of items.value.filter((one) => isUnsent(one) && !isSealed(one.key))) void seal(key, 'unsent', { body, name, typed });
  bells.forEach((wake) => wake());
  // What is kept waits for its user, whoever sits here meanwhile.
  return others.filter((one) => isUnsent(one) && !isSealed(one.key)).length;
});
