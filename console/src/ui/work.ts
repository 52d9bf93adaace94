// Something that is asked for with a key: once at a time, with what went wrong.

import { useRef, useState } from 'preact/hooks';

export interface Work {
  readonly isBusy: boolean;
  readonly failure: unknown;
  readonly setFailure: (why: unknown) => void;
  /** Does it, unless something is being done; resolves to null where it failed, or was not begun. */
  readonly work: <A>(what: () => Promise<A>, onFailure?: (why: unknown) => void) => Promise<A | null>;
}

export function useWork(): Work {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  // A second press may come before this is drawn anew.
  const isAtWork = useRef(false);
  const work: Work['work'] = async (what, onFailure) => {
    if (isAtWork.current) return null;
    isAtWork.current = true;
    setBusy(true);
    setFailure(null);
    try {
      return await what();
    } catch (why) {
      setFailure(why);
      onFailure?.(why);
      return null;
    } finally {
      isAtWork.current = false;
      setBusy(false);
    }
  };
  return { isBusy, failure, setFailure, work };
}
