// The seconds that an account must wait after failures.

import { useEffect, useState } from 'preact/hooks';
import { Refused } from '../api/problem';

/** Counts them down. */
export function useWait(failure: unknown): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const seconds = failure instanceof Refused && failure.status === 429 ? failure.retryAfter : 0;
    setLeft(seconds);
    const timer = seconds ? setInterval(() => setLeft((before) => Math.max(0, before - 1)), 1000) : undefined;
    return () => clearInterval(timer);
  }, [failure]);
  return left;
}
