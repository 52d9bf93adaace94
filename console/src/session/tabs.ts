// What the tabs of one browser tell each other: they share one cookie, and so who is signed in. Ids and counts only.

export type Word =
  /** Somebody signed in: a tab of somebody else is wiped. */
  | { readonly kind: 'in'; readonly user: string }
  /** Somebody signed out; in the tabs that are named they agreed to lose what was not sent. */
  | { readonly kind: 'out'; readonly why: 'idle' | null; readonly agreed: readonly string[] }
  | { readonly kind: 'ask'; readonly id: string }
  | { readonly kind: 'unsent'; readonly id: string; readonly tab: string; readonly count: number };

/** Milliseconds in which the other tabs answer. */
const TURN = 250;
export const OWN = crypto.randomUUID();
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('homeward');

export const tell = (word: Word): void => channel?.postMessage(word);
export const listen = (hear: (word: Word) => void): void => channel?.addEventListener('message', (event: MessageEvent<Word>) => hear(event.data));

export interface Elsewhere {
  readonly count: number;
  readonly tabs: readonly string[];
}

/** What is unsent in the other tabs. One that does not answer in time keeps what it has. */
export async function unsentElsewhere(): Promise<Elsewhere> {
  if (!channel) return { count: 0, tabs: [] };
  const id = crypto.randomUUID();
  const told = new Map<string, number>();
  const hear = (event: MessageEvent<Word>) => {
    if (event.data.kind === 'unsent' && event.data.id === id) told.set(event.data.tab, event.data.count);
  };
  channel.addEventListener('message', hear);
  tell({ kind: 'ask', id });
  await new Promise((done) => setTimeout(done, TURN));
  channel.removeEventListener('message', hear);
  return { count: [...told.values()].reduce((sum, one) => sum + one, 0), tabs: [...told.keys()] };
}
