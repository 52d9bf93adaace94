// What is typed and not yet sent. In memory only until the server gives a key to seal it with (no clear text and no key made of a
// password is ever written): it outlives a change of screen, a sign-in over the form and the end of an unused session, and leaving the
// page asks first.

import { signal } from '@preact/signals';
import { me, onArrival, onCount, onWipe } from './session';

const drafts = signal<ReadonlyMap<string, unknown>>(new Map());
/** Those of whoever was signed in when their session ended: out of sight until they come back, and gone when somebody else comes. */
let aside: { readonly owner: string; readonly drafts: ReadonlyMap<string, unknown> } | null = null;

const put = (change: (all: Map<string, unknown>) => void): void => {
  const all = new Map(drafts.peek());
  change(all);
  drafts.value = all;
};

/** A draft as it was when a form is opened; no form is drawn anew because it changes. */
export const draft = <T>(kind: string): T | undefined => drafts.peek().get(kind) as T | undefined;
/** Whether there is one, for what is drawn anew with it. */
export const isDrafted = (kind: string): boolean => drafts.value.has(kind);
export const keep = (kind: string, value: unknown): void => put((all) => all.set(kind, value));
export const drop = (kind: string): void => {
  if (drafts.peek().has(kind)) put((all) => all.delete(kind));
};
/** Forgets what was typed about a case that is not there any more. */
export const dropOf = (id: string): void =>
  put((all) => {
    for (const kind of [...all.keys()]) if (kind.endsWith(id)) all.delete(kind);
  });
const count = (): number => drafts.peek().size + (aside?.drafts.size ?? 0);

onCount(count);
onWipe((keepsUnsent) => {
  const owner = me.peek()?.user_id;
  if (!keepsUnsent) aside = null;
  else if (owner && drafts.peek().size) aside = { owner, drafts: drafts.peek() };
  drafts.value = new Map();
});
onArrival((user) => {
  if (!aside) return 0;
  const [isSame, size] = [aside.owner === user, aside.drafts.size];
  if (isSame) drafts.value = new Map([...aside.drafts, ...drafts.peek()]);
  aside = null;
  return isSame ? 0 : size;
});
