// A list of several pages: the first one is read when it is shown, and the next when somebody asks for more.

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { Wrong } from './errors';
import { Shown, useLoaded } from './load';
import type { Loaded } from './load';
import { useWork } from './work';

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export interface Pages<Item> {
  readonly first: Loaded<Page<Item>>;
  readonly further: readonly Item[];
  readonly hasMore: boolean;
  readonly failure: unknown;
  readonly isBusy: boolean;
  readonly more: () => void;
  readonly again: () => void;
}

export function usePages<Item>(read: (after: string) => Promise<Page<Item>>, reasons: readonly unknown[]): Pages<Item> {
  const first = useLoaded(() => read(''), reasons);
  const [further, setFurther] = useState<{ readonly of: unknown; readonly items: readonly Item[]; readonly next: string | null }>({ of: null, items: [], next: null });
  const { isBusy, failure, setFailure, work } = useWork();
  // What was read after another first page belongs to that one.
  const own = further.of === first.value ? further : { items: [], next: first.value?.next ?? null };
  useEffect(() => setFailure(null), [first.value]);
  const more = async () => {
    const { items, next } = own;
    if (next === null) return;
    await work(async () => {
      const page = await read(next);
      setFurther({ of: first.value, items: [...items, ...page.items], next: page.next });
    });
  };
  return { first, further: own.items, hasMore: own.next !== null, failure, isBusy, more: () => void more(), again: first.again };
}

/** The same where nothing else is asked for; a list of something else has another key. */
export function Paged<Item>({ read, children }: { readonly read: (after?: string) => Promise<Page<Item>>; readonly children: (items: readonly Item[]) => ComponentChildren }) {
  return <More of={usePages((after) => read(after || undefined), [])}>{children}</More>;
}

export function More<Item>({ of, children }: { readonly of: Pages<Item>; readonly children: (items: readonly Item[]) => ComponentChildren }) {
  return (
    <Shown of={of.first}>
      {(first) => (
        <>
          {children([...first.items, ...of.further])}
          <Wrong failure={of.failure} />
          {of.hasMore ? <p class="buttons"><button type="button" disabled={of.isBusy} onClick={of.more}>{t('pages.more')}</button></p> : null}
        </>
      )}
    </Shown>
  );
}
