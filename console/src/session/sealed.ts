// What was typed and not sent, sealed in the browser's own database: a reload, a crash or a phone that lets go of the tab loses nobody. The
// key comes from the server, only to the same user, and is in memory alone; what is kept is a random id, what kind of thing it is, about
// when it was written, in which session, and sealed bytes of a rounded length. Where the browser keeps nothing, or the key does not come,
// what is typed is in memory only.

import { NoAnswer, Refused, mayPass } from '../api/problem';
import { pause, send } from '../api/send';
import { open_draft_key } from '../generated/operations';
import type { S } from '../generated/schema';
import { arriveAgain, onEntry, onWipe } from './session';

export type Kind = 'draft' | 'unsent';
interface Kept {
  readonly id: string;
  readonly kind: Kind;
  /** The session in which it was written: while that lives, nobody else takes it up. */
  readonly tab: string;
  readonly at: number;
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly sealed: ArrayBuffer;
}
/** One that opened. */
export interface Opened {
  readonly id: string;
  readonly kind: Kind;
  /** When it was written first. */
  readonly at: number;
  readonly value: unknown;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** After how long what nobody took up goes: a draft after a week; a registration that nobody can open any more after two months. */
const LIFE: Readonly<Record<Kind, number>> = { draft: 7 * DAY, unsent: 60 * DAY };
/** For how long the server surely still knows the key of a registration. Sent later, it could be made twice. */
export const KEY_LIFE = 6.5 * DAY;
/** Milliseconds for which a sign-in waits for what was left here; it is taken up later then. */
const PATIENCE = 8000;
const LONGEST = 60_000;
/** Of this many bytes each a sealed thing is made, so that its length tells little. */
const BLOCK = 1024;
const DATABASE = 'homeward';
const STORE = 'kept';
const ALIVE = 'homeward-session-';

let held: CryptoKey | null = null;
/** Those whose last state is in the browser's database. */
const written = new Set<string>();
/** Those that were taken away: a writing that is still on its way does not bring them back. */
const gone = new Set<string>();
/** When each was written first: what is written again gets no younger by it. */
const since = new Map<string, number>();
/** How often each was written: of two that are sealed at once the later one stays. */
const turns = new Map<string, number>();
/** What this user left here, until it is taken up. */
let found: readonly Opened[] = [];
/** Where what is written now belongs. */
let tab = '';
/** What time it was at the server, and here since the page was opened, both in milliseconds; null where the server did not tell. */
let told: { readonly server: number; readonly here: number } | null = null;
let letGo = (): void => undefined;

/** Begins a session: what it writes is its own while it lives, and goes to the next one of the same user after it. */
function begin(): void {
  letGo();
  tab = crypto.randomUUID();
  if (typeof navigator === 'undefined' || !('locks' in navigator)) return;
  const ended = new Promise<void>((done) => { letGo = done; });
  void navigator.locks.request(ALIVE + tab, () => ended);
}

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
async function within<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore, say: (value: T) => void) => void): Promise<T | null> {
  const base = await database();
  if (!base) return null;
  return new Promise((resolve) => {
    try {
      const act = base.transaction(STORE, mode);
      let said: T | null = null;
      work(act.objectStore(STORE), (value) => { said = value; });
      act.oncomplete = () => resolve(said);
      act.onabort = () => resolve(null);
      act.onerror = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
}

const all = async (): Promise<readonly Kept[]> =>
  (await within<readonly Kept[]>('readonly', (store, say) => {
    const asked = store.getAll();
    asked.onsuccess = () => say(asked.result as readonly Kept[]);
  })) ?? [];
/** The time by the clock of the server, as far as it told: that of a browser may be wrong by years, and be set right at any moment. */
export const now = (): number => (told ? told.server + performance.now() - told.here : Date.now());
const put = (kept: Kept): Promise<boolean | null> => within('readwrite', (store, say) => { store.put(kept).onsuccess = () => say(true); });
const remove = (id: string): Promise<unknown> => within('readwrite', (store) => void store.delete(id));
/** Takes one over, unless another tab did. */
const claim = ({ id, tab: before }: Kept, mine: string): Promise<boolean | null> =>
  within('readwrite', (store, say) => {
    const asked = store.get(id);
    asked.onsuccess = () => {
      const there = asked.result as Kept | undefined;
      if (there?.tab === before) store.put({ ...there, tab: mine }).onsuccess = () => say(true);
    };
  });

/** What is sealed at one place opens at no other. */
const sealing = (kind: Kind, id: string, iv: Uint8Array<ArrayBuffer>) => ({ name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(`${kind} ${id}`) });

/** Blanks behind a text of JSON are no part of it. */
function padded(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text);
  const whole = new Uint8Array(Math.ceil(bytes.length / BLOCK) * BLOCK).fill(32);
  whole.set(bytes);
  return whole;
}

/** Writes one, or writes it anew. */
export async function seal(id: string, kind: Kind, value: unknown): Promise<void> {
  written.delete(id);
  gone.delete(id);
  const [by, into] = [held, tab];
  if (!by) return;
  const turn = (turns.get(id) ?? 0) + 1;
  turns.set(id, turn);
  if (kind === 'draft' || !since.has(id)) since.set(id, now());
  const at = since.get(id) ?? now();
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt(sealing(kind, id, nonce), by, padded(JSON.stringify({ at, value })));
  // It may have been sent, or written again, while it was sealed.
  if (gone.has(id) || turns.get(id) !== turn) return;
  if ((await put({ id, kind, tab: into, at: Math.floor(at / HOUR) * HOUR, nonce, sealed })) === null) return;
  if (gone.has(id)) await remove(id);
  else if (turns.get(id) === turn) written.add(id);
}

/** Whether one outlives this page as it is. */
export const isSealed = (id: string): boolean => written.has(id);

/** Takes one away: it was sent, or is not wanted. */
export async function unseal(id: string): Promise<void> {
  gone.add(id);
  written.delete(id);
  since.delete(id);
  found = found.filter((one) => one.id !== id);
  await remove(id);
}

/** What the user who is arriving left here, of one kind, the newest first. What is not taken up is left for the next time. */
export const leftBehind = (kind: Kind): readonly Opened[] => found.filter((one) => one.kind === kind);
/** Takes one of those up: it is of this session from now on. */
export function takeUp({ id, kind, at, value }: Opened): void {
  found = found.filter((one) => one.id !== id);
  since.set(id, at);
  void seal(id, kind, value);
}

async function opened({ id, kind, nonce, sealed }: Kept, keys: readonly CryptoKey[]): Promise<Opened | null> {
  for (const key of keys) {
    try {
      const plain = await crypto.subtle.decrypt(sealing(kind, id, nonce), key, sealed);
      const { at, value } = JSON.parse(new TextDecoder().decode(plain)) as { readonly at: number; readonly value: unknown };
      return { id, kind, at, value };
    } catch {
      // Somebody else's, or under another of these keys.
    }
  }
  return null;
}

/** What no living session of this browser has. Nothing where the browser does not say who lives. */
async function abandoned(): Promise<readonly Kept[]> {
  if (!('locks' in navigator)) return [];
  const { held: locks } = await navigator.locks.query();
  const alive = new Set((locks ?? []).map((lock) => lock.name));
  return (await all()).filter((one) => !alive.has(ALIVE + one.tab));
}

/** Whether one goes, by the clock of the server: a draft as soon as it is too old, a registration where nobody here can open it either. */
const isOver = (one: Kept, isOpen: boolean): boolean => told !== null && now() - one.at > LIFE[one.kind] && !(one.kind === 'unsent' && isOpen);

/** The one to seal with, and all that may open what was left here: what was sealed before a change of the password opens after it. */
interface Keys {
  readonly current: CryptoKey;
  readonly all: readonly CryptoKey[];
}

/** Asks until there is an answer: without the keys what is typed does not outlive the page. The time of the answer comes with them. */
async function keysOfDrafts(isWanted: () => boolean): Promise<Keys | null> {
  for (let tries = 0; isWanted(); tries += 1) {
    try {
      const { body, date } = await send(open_draft_key);
      const { key, earlier }: S.DraftKey = body;
      told = date === undefined ? null : { server: date, here: performance.now() };
      const current = await imported(key);
      return { current, all: [current, ...await Promise.all(earlier.map(imported))] };
    } catch (failure) {
      if (!(failure instanceof NoAnswer) && !(failure instanceof Refused && mayPass(failure))) throw failure;
      await pause(Math.min(LONGEST, 500 * 2 ** tries));
    }
  }
  return null;
}

function imported(key: string): Promise<CryptoKey> {
  const bytes = Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

/** Fetches the keys of whoever is arriving, and opens what they left here: beside what they have not taken up yet, where they sign in over
 *  their page. */
async function prepare(): Promise<void> {
  const mine = tab;
  const isWanted = () => tab === mine;
  held = null;
  // It may be another key than before: what is in memory is written anew.
  written.clear();
  if ((await database()) === null || !('locks' in navigator) || typeof crypto.subtle === 'undefined') return;
  const keys = await keysOfDrafts(isWanted);
  if (!keys) return;
  const mineToOpen: Opened[] = [];
  for (const one of await abandoned()) {
    const open = await opened(one, keys.all);
    // Whoever it was for may have left meanwhile, or another tab taken it.
    if (!isWanted()) return;
    if (isOver(one, open !== null)) await remove(one.id);
    else if (open && (await claim(one, mine))) mineToOpen.push(open);
  }
  if (!isWanted()) return;
  [held, found] = [keys.current, [...found, ...mineToOpen].sort((one, other) => other.at - one.at)];
}

/** How many registrations wait here for whoever typed them. Before anybody signed in nothing goes: only the clock of the browser is known. */
export const waitingHere = async (): Promise<number> => (await abandoned()).filter((one) => one.kind === 'unsent').length;

begin();
onEntry(async () => {
  let isLate = false;
  const ready = prepare().then(() => { if (isLate && held) arriveAgain(); }, () => undefined);
  await Promise.race([ready, pause(PATIENCE).then(() => { isLate = true; })]);
});
onWipe(() => {
  // Nobody was asked about what was found and not taken up: with the end of this session it is free for the next one of the same user.
  [held, found] = [null, []];
  begin();
});
