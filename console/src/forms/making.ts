// A form that makes something. What is typed outlives a change of screen; what was sent is frozen until there is an answer, so that
// nothing is made twice because a word was changed between two tries.

import { useMemo, useRef, useState } from 'preact/hooks';
import { NoAnswer, isGone } from '../api/problem';
import { draft, drop, keep } from '../session/drafts';
import { errorsOf } from '../ui/errors';
import type { Errors } from '../ui/errors';
import { useWork } from '../ui/work';
import { isSent, once } from './once';
import type { Keys } from './once';

interface Kept<T> {
  readonly typed: T;
  /** What was sent and not answered: it is done once, also after a reload. */
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
  readonly make: <B, A>(body: B, send: (body: B, key: string) => Promise<A>) => Promise<A | null>;
  readonly forget: () => void;
}

interface Options {
  /** Told when it is not known whether it was made, or when what it is about is not there any more. */
  readonly onUnsure?: () => void;
}

/** `kind` is the name under which it is kept; null: it is not, since a word or two are typed again. */
export function useMaking<T extends object>(kind: string | null, empty: T, { onUnsure }: Options = {}): Making<T> {
  const before = useMemo(() => (kind === null ? undefined : draft<Kept<T>>(kind)), [kind]);
  const [typed, setTyped] = useState<T>(before?.typed ?? empty);
  const keys = useRef<Keys>({ ...before?.keys });
  const { isBusy, failure, setFailure, work } = useWork();
  const errors = useMemo(() => errorsOf(failure), [failure]);

  const hold = (now: T) => {
    if (kind === null) return;
    if (!isSent(keys.current) && JSON.stringify(now) === JSON.stringify(empty)) drop(kind);
    else keep(kind, { typed: now, keys: { ...keys.current } } satisfies Kept<T>);
  };
  const change = (to: Partial<T>) => {
    const now = { ...typed, ...to };
    setTyped(now);
    hold(now);
  };
  const forget = () => {
    if (kind !== null) drop(kind);
    keys.current = {};
    setTyped(empty);
    setFailure(null);
  };
  const make: Making<T>['make'] = (body, send) =>
    work(
      async () => {
        const answer = await once(keys.current, body, send, () => hold(typed));
        if (kind !== null) drop(kind);
        return answer;
      },
      (why) => {
        if (why instanceof NoAnswer || isGone(why)) onUnsure?.();
      },
    );
  return { typed, change, isSent: isSent(keys.current), isBusy, failure, errors, make, forget };
}
