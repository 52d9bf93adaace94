// A list that comes in pages: fifty at first, and more when they are asked for.

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { Wrong } from './errors';
import { Shown, useLoaded } from './load';

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

interface Props<T> {
  /** Reads a page; without a cursor the first. Where something else is asked for, the list is another one and has another key. */
  readonly read: (after?: string) => Promise<Page<T>>;
  readonly children: (items: readonly T[]) => ComponentChildren;
}

export function Pages<T>({ read, children }: Props<T>) {
  const first = useLoaded(() => read(), []);
  const [more, setMore] = useState<readonly T[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    setMore([]);
    setFailure(null);
    setNext(first.value?.next ?? null);
  }, [first.value]);
  const further = async (after: string) => {
    setBusy(true);
    setFailure(null);
    try {
      const page = await read(after);
      setMore((before) => [...before, ...page.items]);
      setNext(page.next);
    } catch (why) {
      setFailure(why);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Shown of={first}>
      {(page) => (
        <>
          {children([...page.items, ...more])}
          <Wrong failure={failure} />
          {next ? <button type="button" class="quiet-button" disabled={isBusy} onClick={() => void further(next)}>{t('cases.more')}</button> : null}
        </>
      )}
    </Shown>
  );
}
