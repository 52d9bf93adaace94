// Registrations on their way. What was sent once is frozen under its key: it is sent again, word for word, until an answer comes, and so
// it is done once however often an answer was lost. In memory only, until the server gives a key to seal it with: leaving asks first.

import { signal } from '@preact/signals';
import { Refused, SignedOut, mayPass } from '../api/problem';
import { newKey, pause, send } from '../api/send';
import { create_case } from '../generated/operations';
import type { S } from '../generated/schema';
import { onWipe } from './session';

export interface Unsent {
  readonly key: string;
  readonly body: S.CreateCase;
  /** What stands in the list, of which nobody but who typed it reads. */
  readonly name: string;
  /** The form as it was typed, to be mended if it is refused. */
  readonly typed: unknown;
  readonly state: 'sending' | 'waiting' | 'done' | 'refused';
  readonly made?: S.CaseFile;
  readonly refusal?: Refused;
}

export const outbox = signal<readonly Unsent[]>([]);
/** The one that is on screen by itself, and so not in the list. */
export const onScreen = signal<string | null>(null);
/** Wakes those that wait. */
const bells = new Map<string, () => void>();

const LONGEST = 60_000;

function change(key: string, to: Partial<Unsent>): void {
  outbox.value = outbox.value.map((one) => (one.key === key ? { ...one, ...to } : one));
}

export const waiting = (): number => outbox.value.filter((one) => one.state === 'waiting' || one.state === 'sending').length;

/** Sends a registration for as long as it takes. */
export function post(body: S.CreateCase, name: string, typed: unknown): string {
  const key = newKey();
  // A copy: what is typed afterwards is another registration.
  outbox.value = [...outbox.value, { key, body: JSON.parse(JSON.stringify(body)) as S.CreateCase, name, typed, state: 'sending' }];
  void carry(key);
  return key;
}

async function carry(key: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const item = outbox.value.find((one) => one.key === key);
    if (!item) return;
    change(key, { state: 'sending' });
    try {
      change(key, { state: 'done', made: (await send(create_case, { body: item.body, key })).body });
      return;
    } catch (failure) {
      if (failure instanceof Refused && !mayPass(failure)) {
        change(key, { state: 'refused', refusal: failure });
        return;
      }
      // The session ended and nobody signed in: the wipe has taken it, or it waits for the next press.
      if (!mayPass(failure) && !(failure instanceof SignedOut)) throw failure;
      change(key, { state: 'waiting' });
      const told = failure instanceof Refused ? failure.retryAfter * 1000 : 0;
      const patience = Math.max(told, Math.min(LONGEST, 1000 * 2 ** tries)) + Math.random() * 500;
      await Promise.race([pause(patience), new Promise<void>((wake) => bells.set(key, wake))]);
      bells.delete(key);
    }
  }
}

/** Sends one that waits now. */
export const tryNow = (key: string): void => bells.get(key)?.();
export const takeOut = (key: string): void => {
  outbox.value = outbox.value.filter((one) => one.key !== key);
};

addEventListener('online', () => bells.forEach((wake) => wake()));
addEventListener('beforeunload', (event) => {
  if (waiting() > 0) event.preventDefault();
});
onWipe(() => {
  outbox.value = [];
  onScreen.value = null;
});
