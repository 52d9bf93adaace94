// What is typed into a form of this page: kept as a draft with its keys, sent once, and gone once it is made.

import { useRef, useState } from 'preact/hooks';
import { NoAnswer, Refused } from '../../api/problem';
import { once } from '../../forms/once';
import type { Keys } from '../../forms/once';
import { draft, drop, keep } from '../../session/drafts';

interface Kept<T> {
  readonly typed: T;
  readonly keys: Keys;
}

export interface Typing<T> {
  readonly typed: T;
  readonly failure: unknown;
  readonly isBusy: boolean;
  readonly change: (to: Partial<T>) => void;
  readonly forget: () => void;
  /** Makes it, once. It resolves to whether it was made. */
  readonly make: (body: unknown, work: (key: string) => Promise<unknown>) => Promise<boolean>;
}

/** `onUnsure` is told when it is not known whether it was made, or when the case is not there any more. */
export function useTyping<T extends object>(kind: string, empty: T, onUnsure: () => void): Typing<T> {
  const before = useRef(draft<Kept<T>>(kind)).current;
  const [typed, setTyped] = useState<T>(before?.typed ?? empty);
  const [failure, setFailure] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const keys = useRef<Keys>({ ...before?.keys });
  const hold = (now: T) => (JSON.stringify(now) === JSON.stringify(empty) ? drop(kind) : keep(kind, { typed: now, keys: keys.current } satisfies Kept<T>));
  const forget = () => {
    drop(kind);
    keys.current = {};
    setTyped(empty);
    setFailure(null);
  };
  const make: Typing<T>['make'] = async (body, work) => {
    if (isBusy) return false;
    setBusy(true);
    setFailure(null);
    try {
      await once(keys.current, body, (key) => {
        hold(typed);
        return work(key);
      });
      forget();
      return true;
    } catch (why) {
      setFailure(why);
      if (why instanceof NoAnswer || (why instanceof Refused && why.status === 404)) onUnsure();
      return false;
    } finally {
      setBusy(false);
    }
  };
  const change = (to: Partial<T>) => {
    const now = { ...typed, ...to };
    setTyped(now);
    hold(now);
  };
  return { typed, failure, isBusy, change, forget, make };
}
