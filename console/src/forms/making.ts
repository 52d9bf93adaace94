// A form that makes something. What is typed outlives a change of screen; what was sent is frozen until there is an answer, so that
// nothing is made twice because a word was changed between two tries.

import { useMemo, useRef, useState } from 'preact/hooks';
import { Refused, SignedOut, mayPass } from '../api/problem';
import { draft, drop, keep } from '../session/drafts';
import { me } from '../session/session';
import { errorsOf } from '../ui/errors';
import type { Errors } from '../ui/errors';
import { once } from './once';
import type { Keys } from './once';

interface Kept<T> {
  readonly typed: T;
  readonly isSent: boolean;
  /** The key of what was sent and not answered: with it the same is done once, also after a reload. */
  readonly keys: Keys;
}

export interface Making<T> {
  readonly typed: T;
  readonly change: (to: Partial<T>) => void;
  /** It was sent, and it is not known what became of it: the same is sent again, and nothing else. */
  readonly isSent: boolean;
  readonly isBusy: boolean;
  readonly failure: unknown;
  readonly errors: Errors;
  /** Sends it; resolves to null where that failed, and then says why. */
  readonly make: <A>(body: unknown, sent: (key: string) => Promise<A>) => Promise<A | null>;
  readonly forget: () => void;
}

const isEmpty = (typed: object): boolean => Object.values(typed).every((value) => !value);

export function useMaking<T extends object>(kind: string, empty: T): Making<T> {
  const before = useMemo(() => draft<Kept<T>>(kind), [kind]);
  const [typed, setTyped] = useState<T>(before?.typed ?? empty);
  const [isSent, setSent] = useState(before?.isSent ?? false);
  const keys = useRef<Keys>({ ...before?.keys });
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const errors = useMemo(() => errorsOf(failure), [failure]);

  const change = (to: Partial<T>) => {
    const now = { ...typed, ...to };
    setTyped(now);
    if (isEmpty(now)) drop(kind);
    else keep(kind, { typed: now, isSent: false, keys: keys.current } satisfies Kept<T>);
  };
  const forget = () => {
    drop(kind);
    setTyped(empty);
    setSent(false);
    setFailure(null);
  };
  const make = async <A>(body: unknown, sent: (key: string) => Promise<A>): Promise<A | null> => {
    if (isBusy) return null;
    const owner = me.peek()?.user_id;
    const hold = (sentNow: boolean) => {
      // Whoever signed in meanwhile gets nothing of it.
      if (me.peek()?.user_id !== owner) return;
      setSent(sentNow);
      keep(kind, { typed, isSent: sentNow, keys: { ...keys.current } } satisfies Kept<T>);
    };
    setBusy(true);
    setFailure(null);
    try {
      const answer = await once(keys.current, body, (key) => {
        // Kept with its key before it is sent: what is not answered may be there.
        hold(true);
        return sent(key);
      });
      keys.current = {};
      drop(kind);
      setSent(false);
      return answer;
    } catch (why) {
      // Who gave no proof of who they are sent nothing.
      hold(why instanceof SignedOut ? isSent : !(why instanceof Refused) || mayPass(why));
      setFailure(why);
      return null;
    } finally {
      setBusy(false);
    }
  };
  return { typed, change, isSent, isBusy, failure, errors, make, forget };
}
