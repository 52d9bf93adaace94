// Names that filters are chosen by. Where they do not come, the report is there all the same, without that filter.

import { useEffect, useState } from 'preact/hooks';
import { send } from '../../api/send';
import { list_compounds, list_missions, list_operations } from '../../generated/operations';
import type { Choice } from '../../i18n/countries';

function useChoices(read: () => Promise<readonly Choice[]>): readonly Choice[] {
  const [choices, setChoices] = useState<readonly Choice[]>([]);
  useEffect(() => {
    let isCurrent = true;
    read().then((found) => isCurrent && setChoices(found), () => undefined);
    return () => {
      isCurrent = false;
    };
  }, []);
  return choices;
}

/** All pages of a list: the longest of these has some hundred entries. */
export async function whole<One>(page: (after: string) => Promise<{ readonly items: readonly One[]; readonly next: string | null }>): Promise<readonly One[]> {
  const found: One[] = [];
  let after: string | null = '';
  while (after !== null) {
    const answer: { readonly items: readonly One[]; readonly next: string | null } = await page(after);
    found.push(...answer.items);
    after = answer.next;
  }
  return found;
}

const named = (items: readonly { readonly id: string; readonly name: string }[]): readonly Choice[] => items.map((one) => ({ value: one.id, text: one.name }));

export const useMissions = () => useChoices(async () => named(await whole(async (after) => (await send(list_missions, { query: { limit: 200, after } })).body)));
export const useOperations = () => useChoices(async () => named(await whole(async (after) => (await send(list_operations, { query: { limit: 200, after } })).body)));
export const useCompounds = () => useChoices(async () => named(await whole(async (after) => (await send(list_compounds, { query: { limit: 200, after } })).body)));
