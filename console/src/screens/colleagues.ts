// The people of one's own organisation, by name: whoever holds a case, and whoever asked for something.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { send } from '../api/send';
import { list_colleagues } from '../generated/operations';
import type { S } from '../generated/schema';
import { label, t } from '../i18n';
import type { Choice } from '../i18n/countries';
import { may, me, onWipe } from '../session/session';

export type Colleague = S.Colleague;

const colleagues = signal<readonly Colleague[] | null>(null);
let reading: Promise<void> | null = null;
onWipe(() => {
  colleagues.value = null;
  reading = null;
});

async function readAll(): Promise<void> {
  const user = me.peek()?.user_id;
  const all: Colleague[] = [];
  let after: string | null = null;
  do {
    const page: S.ColleaguePage = (await send(list_colleagues, { query: { limit: 200, ...(after ? { after } : {}) } })).body;
    all.push(...page.items);
    after = page.next;
  } while (after);
  // Whoever signed in meanwhile has other colleagues.
  if (me.peek()?.user_id === user) colleagues.value = all;
}

/** Those of one's own organisation, once they were read; null before. Who does not come is asked for again when it is next shown. */
export function useColleagues(isWanted = true): readonly Colleague[] | null {
  useEffect(() => {
    if (!isWanted || !may('case:read') || colleagues.peek()) return;
    const mine = (reading ??= readAll().catch(() => undefined));
    void mine.then(() => {
      if (reading === mine) reading = null;
    });
  }, [isWanted]);
  return colleagues.value;
}

/** Who somebody is, as far as it is known here. */
export function nameOf(id: string, all: readonly Colleague[] | null): string {
  if (id === me.value?.user_id) return me.value.display_name;
  return all?.find((one) => one.id === id)?.display_name ?? t('load.colleague');
}

/** Whom something can be given to: not those who left, and whoever is away is said to be. */
export const choicesOf = (all: readonly Colleague[] | null): readonly Choice[] =>
  (all ?? []).filter((one) => one.is_active).map((one) => ({ value: one.id, text: [one.display_name, label('role', one.role), one.is_away ? t('load.away') : ''].filter(Boolean).join(', ') }));
