// Names that filters are chosen by. Where they do not come, the report is there all the same, without that filter.

import { useEffect, useState } from 'preact/hooks';
import { send } from '../../api/send';
import { whole } from '../../api/whole';
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

const named = (items: readonly { readonly id: string; readonly name: string }[]): readonly Choice[] => items.map((one) => ({ value: one.id, text: one.name }));

export const useMissions = () => useChoices(async () => named(await whole(async (after) => (await send(list_missions, { query: { limit: 200, after } })).body)));
export const useOperations = () => useChoices(async () => named(await whole(async (after) => (await send(list_operations, { query: { limit: 200, after } })).body)));
export const useCompounds = () => useChoices(async () => named(await whole(async (after) => (await send(list_compounds, { query: { limit: 200, after } })).body)));
