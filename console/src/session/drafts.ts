// What is typed and not yet sent. It outlives a change of screen, a sign-in over the form, the end of an unused session and, sealed in the
// browser under a key of the server's, a reload and a crash. Where the browser keeps nothing, leaving the page asks first.

import { signal } from '@preact/signals';
import { isSealed, leftBehind, seal, takeUp, unseal } from './sealed';
import type { Opened } from './sealed';
import { me, onArrival, onCount, onWipe } from './session';

/** A form as it was typed, under the id by which it is kept. */
interface Draft {
  readonly id: string;
  readonly value: unknown;
}
type Drafts = ReadonlyMap<string, Draft>;

const drafts = signal<Drafts>(new Map());
/** Those of whoever was signed in when their session ended, as far as they are not kept: out of sight until they come back, and gone when
 *  somebody else comes. */
let aside: { readonly owner: string; readonly drafts: Drafts } | null = null;
/** Milliseconds without a key after which what was typed is kept. */
const PAUSE = 300;
const writing = new Map<string, ReturnType<typeof setTimeout>>();

const put = (change: (all: Map<string, Draft>) => void): void => {
  const all = new Map(drafts.peek());
  change(all);
  drafts.value = all;
};

function write(kind: string, draft: Draft): void {
  clearTimeout(writing.get(draft.id));
  writing.set(draft.id, setTimeout(() => {
    writing.delete(draft.id);
    if (drafts.peek().get(kind) === draft) void seal(draft.id, 'draft', { kind, value: draft.value });
  }, PAUSE));
}

function forget({ id }: Draft): void {
  clearTimeout(writing.get(id));
  writing.delete(id);
  void unseal(id);
}

const kindOf = (one: Opened): string => (one.value as { readonly kind: string }).kind;

/** What the user left here of a form, the newest: it is taken up when the form is opened. An older one is left for the next time. */
function left(kind: string): Draft | undefined {
  const one = leftBehind('draft').find((each) => kindOf(each) === kind);
  if (!one) return undefined;
  takeUp(one);
  const taken: Draft = { id: one.id, value: (one.value as { readonly value: unknown }).value };
  put((all) => all.set(kind, taken));
  return taken;
}

/** A draft as it was when a form is opened; no form is drawn anew because it changes. */
export const draft = <T>(kind: string): T | undefined => (drafts.peek().get(kind) ?? left(kind))?.value as T | undefined;
/** Whether there is one, for what is drawn anew with it. */
export const isDrafted = (kind: string): boolean => drafts.value.has(kind) || leftBehind('draft').some((one) => kindOf(one) === kind);
export const keep = (kind: string, value: unknown): void => {
  const kept: Draft = { id: drafts.peek().get(kind)?.id ?? crypto.randomUUID(), value };
  put((all) => all.set(kind, kept));
  write(kind, kept);
};
export const drop = (kind: string): void => {
  const kept = drafts.peek().get(kind);
  if (!kept) return;
  put((all) => all.delete(kind));
  forget(kept);
};
const forgetters: ((id: string) => void)[] = [];
/** Registers what else knows of a case, or of another thing, and forgets it when it is not there any more. */
export const onForget = (forget: (id: string) => void): void => void forgetters.push(forget);
/** Forgets what was typed about a case that is not there any more, and what else is known of it. */
export const dropOf = (id: string): void => {
  for (const one of leftBehind('draft')) if (kindOf(one).endsWith(id)) void unseal(one.id);
  for (const kind of drafts.peek().keys()) if (kind.endsWith(id)) drop(kind);
  for (const forget of forgetters) forget(id);
};
const isPending = ({ id }: Draft): boolean => writing.has(id) || !isSealed(id);
const count = (): number => drafts.peek().size + (aside?.drafts.size ?? 0);

onCount({ all: count, unkept: () => [...drafts.peek().values()].filter(isPending).length + (aside?.drafts.size ?? 0) });
onWipe((keepsUnsent) => {
  const owner = me.peek()?.user_id;
  const pending = new Map([...drafts.peek()].filter(([, kept]) => isPending(kept)));
  // A sign-out takes along what is this tab's; the end of an unused session leaves it, sealed, to the same user.
  if (!keepsUnsent) for (const { id } of [...drafts.peek().values(), ...(aside?.drafts.values() ?? [])]) void unseal(id);
  if (!keepsUnsent) aside = null;
  else if (owner && pending.size) aside = { owner, drafts: pending };
  for (const timer of writing.values()) clearTimeout(timer);
  writing.clear();
  drafts.value = new Map();
});
onArrival((user) => {
  const [isSame, size, waited] = [aside?.owner === user, aside?.drafts.size ?? 0, aside?.drafts ?? new Map<string, Draft>()];
  aside = null;
  for (const [kind, kept] of isSame ? waited : []) {
    if (drafts.peek().has(kind)) continue;
    put((all) => all.set(kind, kept));
  }
  for (const [kind, kept] of drafts.peek()) write(kind, kept);
  return isSame ? 0 : size;
});
