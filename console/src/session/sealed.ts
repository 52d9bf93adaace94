// What was typed and not sent, sealed in the browser's own database: a reload, a crash or a phone that lets go of the tab loses nobody. The
// key comes from the server, only to the same user, and is in memory alone; what is kept is a random id, what kind of thing it is, when it
// was written, by which tab, and sealed bytes. Where the browser keeps nothing, or the key does not come, what is typed is in memory only.

import { NoAnswer } from '../api/problem';
import { pause, send } from '../api/send';
import { open_draft_key } from '../generated/operations';
import type { S } from '../generated/schema';
import { onEntry, onWipe } from './session';
import { OWN } from './tabs';

export type Kind = 'draft' | 'unsent';
interface Kept {
  readonly id: string;
  readonly kind: Kind;
  readonly tab: string;
  readonly at: number;
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly sealed: ArrayBuffer;
}
/** One that opened. */
export interface Opened {
  readonly id: string;
  readonly kind: Kind;
  readonly at: number;
  readonly value: unknown;
}

const DAY = 86_400_000;
/** How long each waits for its user: a draft a day; a registration not quite as long as the server knows its key, which is seven days, for
 *  with a key that is forgotten somebody would be registered twice. */
const LIFE: Readonly<Record<Kind, number>> = { draft: DAY, unsent: 6.5 * DAY };
/** Milliseconds for which a sign-in waits for what was left here. */
const PATIENCE = 8000;
const DATABASE = 'homeward';
const STORE = 'kept';
const ALIVE = 'homeward-tab-';

let held: CryptoKey | null = null;
/** Those that this tab has in memory. */
const own = new Set<string>();
/** Those whose last state is in the browser's database. */
const written = new Set<string>();
/** When each was written first: what is written again gets no older life. */
const since = new Map<string, number>();
/** How often each was written: of two that are sealed at once the later one stays. */
const turns = new Map<string, number>();
/** What the user who is arriving left here, until it is taken up. */
let found: readonly Opened[] = [];
/** How many sessions there were on this page: a key that comes late is for nobody else. */
let session = 0;

// As long as this tab lives, what it wrote is its own; what a tab left that lives no more goes to the next one of the same user.
if (typeof navigator !== 'undefined' && 'locks' in navigator) void navigator.locks.request(ALIVE + OWN, () => new Promise(() => undefined));

let opening: Promise<IDBDatabase | null> | null = null;

function database(): Promise<IDBDatabase | null> {
  opening ??= new Promise((resolve) => {
    if (typeof indexedDB === 'undefined') return resolve(null);
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => void asked.result.createObjectStore(STORE, { keyPath: 'id' });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => resolve(null);
    asked.onblocked = () => resolve(null);
  });
  return opening;
}

/** Does something with the store. Null where there is none, or where it fails: nothing is typed into it alone. */
async function within<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | null> {
  const base = await database();
  if (!base) return null;
  return new Promise((resolve) => {
    try {
      const act = base.transaction(STORE, mode);
      const asked = work(act.objectStore(STORE));
      act.oncomplete = () => resolve(asked.result);
      act.onabort = () => resolve(null);
      act.onerror = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
}

const all = async (): Promise<readonly Kept[]> => ((await within('readonly', (store) => store.getAll())) as readonly Kept[] | null) ?? [];

/** Writes one, or writes it anew. */
export async function seal(id: string, kind: Kind, value: unknown): Promise<void> {
  own.add(id);
  written.delete(id);
  const by = held;
  if (!by) return;
  const turn = (turns.get(id) ?? 0) + 1;
  turns.set(id, turn);
  if (kind === 'draft' || !since.has(id)) since.set(id, Date.now());
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt(sealing(kind, id, nonce), by, new TextEncoder().encode(JSON.stringify(value)));
  // It may have been sent, or written again, while it was sealed.
  if (!own.has(id) || turns.get(id) !== turn) return;
  const kept: Kept = { id, kind, tab: OWN, at: since.get(id) ?? Date.now(), nonce, sealed };
  if ((await within('readwrite', (store) => store.put(kept))) === null) return;
  if (own.has(id)) written.add(id);
  else await within('readwrite', (store) => store.delete(id));
}

/** What is sealed at one place opens at no other. */
const sealing = (kind: Kind, id: string, iv: Uint8Array<ArrayBuffer>) => ({ name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(`${kind} ${id}`) });

/** Whether one outlives this page as it is. */
export const isSealed = (id: string): boolean => written.has(id);

/** Takes one away: it was sent, or is not wanted. */
export async function unseal(id: string): Promise<void> {
  own.delete(id);
  written.delete(id);
  since.delete(id);
  turns.delete(id);
  await within('readwrite', (store) => store.delete(id));
}

/** What the user who is arriving left here, of one kind, the newest first. What is not taken up is left for the next time. */
export const leftBehind = (kind: Kind): readonly Opened[] => found.filter((one) => one.kind === kind);
/** Takes one of those up: it is this tab's from now on. */
export function takeUp({ id, kind, at, value }: Opened): void {
  since.set(id, at);
  void seal(id, kind, value);
}

async function opened({ id, kind, at, nonce, sealed }: Kept, key: CryptoKey): Promise<readonly Opened[]> {
  try {
    const plain = await crypto.subtle.decrypt(sealing(kind, id, nonce), key, sealed);
    return [{ id, kind, at, value: JSON.parse(new TextDecoder().decode(plain)) as unknown }];
  } catch {
    // Somebody else's, or of a password that was changed since.
    return [];
  }
}

/** Tabs of this browser that live. Null where the browser does not say. */
async function living(): Promise<ReadonlySet<string> | null> {
  if (!('locks' in navigator)) return null;
  const { held: locks } = await navigator.locks.query();
  return new Set((locks ?? []).map((lock) => lock.name ?? '').filter((name) => name.startsWith(ALIVE)).map((name) => name.slice(ALIVE.length)));
}

/** What nobody has in memory, without what is too old, which goes: of tabs that are gone, and of this one while somebody else sat at it. */
async function abandoned(): Promise<readonly Kept[]> {
  const [alive, everything] = [await living(), await all()];
  const kept = everything.filter((one) => Date.now() - one.at <= LIFE[one.kind]);
  for (const one of everything) if (!kept.includes(one)) await within('readwrite', (store) => store.delete(one.id));
  const isFree = (one: Kept) => (one.tab === OWN ? !own.has(one.id) : alive !== null && !alive.has(one.tab));
  return kept.filter(isFree).sort((one, other) => other.at - one.at);
}

/** Asked for three times: without it what is typed does not outlive the page. */
async function asked(): Promise<{ readonly body: S.DraftKey }> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send(open_draft_key);
    } catch (failure) {
      if (!(failure instanceof NoAnswer) || tries >= 3) throw failure;
      await pause(400 * tries);
    }
  }
}

async function keyOfDrafts(): Promise<CryptoKey> {
  const { key } = (await asked()).body;
  const bytes = Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

/** Fetches the key of whoever is arriving, and opens what they left here. Without a line what is typed is in memory only. */
async function prepare(): Promise<void> {
  const mine = session;
  found = [];
  if ((await database()) === null || typeof crypto.subtle === 'undefined') return;
  const key = await keyOfDrafts();
  const left = (await Promise.all((await abandoned()).map((one) => opened(one, key)))).flat();
  // Whoever it was for may have left meanwhile.
  if (session !== mine) return;
  [held, found] = [key, left];
  // It may be another key than before: what is in memory is written anew.
  for (const id of own) written.delete(id);
}

/** How many registrations wait here for whoever typed them. */
export async function waitingHere(): Promise<number> {
  return (await abandoned()).filter((one) => one.kind === 'unsent').length;
}

onEntry(() => Promise.race([prepare().catch(() => undefined), pause(PATIENCE)]));
onWipe((keepsUnsent) => {
  session += 1;
  // A sign-out takes what is this tab's along; the end of an unused session leaves it, sealed, to the same user.
  if (!keepsUnsent) for (const id of own) void unseal(id);
  [held, found] = [null, []];
  own.clear();
});
