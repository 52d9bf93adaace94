// Who there is to share with, and what they are called: for choosing one, and for saying whom something is about.

import { send } from '../api/send';
import { list_directory } from '../generated/operations';
import type { S } from '../generated/schema';
import type { Known } from '../ui/organisations';

/** More organisations than these pages hold are not chosen from a list any more. */
const PAGES = 5;

async function readOrganisations(): Promise<readonly Known[]> {
  let [known, after]: [readonly Known[], string | null] = [[], ''];
  for (let page = 0; page < PAGES && after !== null; page += 1) {
    const { body }: { readonly body: S.DirectoryPage } = await send(list_directory, { query: { limit: 200, ...(after ? { after } : {}) } });
    [known, after] = [[...known, ...body.items], body.next];
  }
  return known;
}

/** Names are a help: without them the page is used all the same. */
export const readNames = (): Promise<readonly Known[]> => readOrganisations().catch(() => []);

/** What an organisation is called; nothing is said of one that is not known here. */
export const nameOf = (known: readonly Known[], id: string | null | undefined, else_: string): string => known.find((one) => one.id === id)?.name ?? else_;
