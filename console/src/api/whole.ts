// Lists that are needed whole, such as what something is chosen from.

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
