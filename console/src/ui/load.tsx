// What is read from the server, while it comes and when it does not.

import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { isGone } from '../api/problem';
import { t } from '../i18n';
import { Wrong } from './errors';

export interface Loaded<T> {
  readonly value: T | null;
  readonly failure: unknown;
  readonly isLoading: boolean;
  readonly again: () => void;
  readonly put: (value: T) => void;
}

/** Reads when shown, and anew when one of the reasons changes. What comes too late is dropped. */
export function useLoaded<T>(read: () => Promise<T>, reasons: readonly unknown[]): Loaded<T> {
  const [state, setState] = useState<{ value: T | null; failure: unknown; isLoading: boolean }>({ value: null, failure: null, isLoading: true });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    setState((before) => ({ ...before, failure: null, isLoading: true }));
    read().then(
      (value) => isCurrent && setState({ value, failure: null, isLoading: false }),
      // Nothing stays on screen of what one may not see any more.
      (failure: unknown) => isCurrent && setState((before) => ({ value: isGone(failure) ? null : before.value, failure, isLoading: false })),
    );
    return () => {
      isCurrent = false;
    };
  }, [...reasons, turn]);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  const put = useCallback((value: T) => setState({ value, failure: null, isLoading: false }), []);
  return { ...state, again, put };
}

/** What was read, or that it is on its way, or why it did not come. */
export function Shown<T>({ of, children }: { readonly of: Loaded<T>; readonly children: (value: T) => ComponentChildren }) {
  return (
    <>
      <p class="quiet" role="status">{of.isLoading ? t('load.wait') : ''}</p>
      {of.failure ? (
        <>
          <Wrong failure={of.failure} />
          <button type="button" onClick={of.again}>{t('load.again')}</button>
        </>
      ) : null}
      {of.value === null ? null : children(of.value)}
    </>
  );
}
