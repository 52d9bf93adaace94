// The only place that asks the API. A token that has run out is exchanged, a proof that is too old is asked for anew, and whoever is signed
// out signs in over what is on screen: no form is ever lost to an answer.

import type { Answer, Operation, Request } from './operation';
import { address } from './operation';
import { NoAnswer, Refused, SignedOut, refusal } from './problem';
import * as tokens from './tokens';

/** What the page does when somebody must prove who they are: it resolves to false if they did not. */
export interface Asks {
  signIn(): Promise<boolean>;
  proof(): Promise<boolean>;
}

let asks: Asks = { signIn: async () => false, proof: async () => false };

export function ask(with_: Asks): void {
  asks = with_;
}

/** The server gives up a request after as many seconds. */
const LIMIT = 15_000;
/** A proof that is older is renewed before the request is sent, so that none is refused for a second. */
const PROOF_SECONDS = 240;
const READ_TRIES = 3;

export const newKey = (): string => crypto.randomUUID();
export const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** What is asked for, and how the answer is read. */
interface Reading<A> {
  readonly accept: string;
  readonly read: (answer: Response) => Promise<A>;
}

/** Whether an operation would ask first who it is. */
export const asksForProof = (operation: { readonly proof?: number }): boolean => operation.proof !== undefined && tokens.sinceProof() > Math.min(operation.proof, PROOF_SECONDS);

/** Sends one request. Throws `Refused`, `NoAnswer` or `SignedOut`. */
export function send<P, Q, B, A>(operation: Operation<P, Q, B, A>, given: Request<P, Q, B> = {}): Promise<Answer<A>> {
  const read = async (answer: Response) => {
    const text = await answer.text();
    return (text ? JSON.parse(text) : undefined) as A;
  };
  return asked(operation, given, { accept: 'application/json', read });
}

/** As `send`, for what is answered as a page or a table: it is taken as it came, byte for byte, and never as markup of this page. */
export function sendForFile<P, Q, B>(operation: Operation<P, Q, B, undefined>, given: Request<P, Q, B>, type: 'text/html' | 'text/csv'): Promise<Answer<Blob>> {
  const read = async (answer: Response) => {
    const file = await answer.blob();
    // Something between here and the service answered.
    if (!file.type.startsWith(type)) throw new NoAnswer();
    return file;
  };
  return asked(operation, given, { accept: type, read });
}

const asked = <P, Q, B, A, R>(operation: Operation<P, Q, B, A>, given: Request<P, Q, B>, reading: Reading<R>): Promise<Answer<R>> =>
  carried(operation, given, (request) => once(operation, request, reading));

/** Carries a request there in the name of who is signed in: `attempt` is one try of it, made again after who they are was settled. */
export async function carried<P, Q, B, A, R>(operation: Operation<P, Q, B, A>, given: Request<P, Q, B>, attempt: (request: Request<P, Q, B>) => Promise<Answer<R>>): Promise<Answer<R>> {
  // One key for all that is tried here: what was done before a token ran out is not done twice.
  const request = operation.makes ? { ...given, key: given.key ?? newKey() } : given;
  const user = tokens.user();
  if (user === null || (request.as !== undefined && request.as !== user)) throw new SignedOut();
  /** Whoever signed in meanwhile neither sends what another one began nor reads what they were answered. */
  const stay = () => {
    if (tokens.user() !== user) throw new SignedOut();
  };
  if (tokens.isDue()) await tokens.refresh().catch(() => false);
  stay();
  if (asksForProof(operation) && !(await asks.proof())) throw new SignedOut();
  let [hasRefreshed, hasProved] = [false, false];
  for (;;) {
    stay();
    try {
      const answer = await tried(operation, request, attempt, stay);
      stay();
      return answer;
    } catch (failure) {
      stay();
      if (!(failure instanceof Refused) || failure.status !== 401) throw failure;
      if (failure.code === 'insufficient_user_authentication' && !hasProved) {
        hasProved = true;
        if (!(await asks.proof())) throw new SignedOut();
      } else if (failure.code === 'unauthenticated' && !hasRefreshed) {
        hasRefreshed = true;
        if (!(await signedInAgain(user))) throw new SignedOut();
      } else {
        throw failure;
      }
    }
  }
}

/** Refreshes, or lets the same user sign in again over what is on screen. */
async function signedInAgain(user: string): Promise<boolean> {
  if ((await tokens.refresh()) && tokens.user() === user) return true;
  if (tokens.user() !== user) return false;
  return asks.signIn();
}

async function tried<P, Q, B, A, R>(operation: Operation<P, Q, B, A>, request: Request<P, Q, B>, attempt: (request: Request<P, Q, B>) => Promise<Answer<R>>, stay: () => void): Promise<Answer<R>> {
  for (let tries = 1; ; tries += 1) {
    stay();
    try {
      return await attempt(request);
    } catch (failure) {
      // What only reads can be asked again; what writes is repeated by the outbox alone, with its key.
      if (!(failure instanceof NoAnswer) || operation.method || tries >= READ_TRIES || request.signal?.aborted) throw failure;
      await pause(400 * tries + Math.random() * 300);
    }
  }
}

/** What a request says of itself. */
export function headersOf<P, Q, B>(operation: Operation<P, Q, B, unknown>, request: Request<P, Q, B>, accept: string): Record<string, string> {
  const headers: Record<string, string> = { Accept: accept };
  const token = tokens.access();
  if (token) headers.Authorization = `Bearer ${token}`;
  if (request.body !== undefined) headers['Content-Type'] = operation.isPatch ? 'application/merge-patch+json' : 'application/json';
  if (request.ifMatch) headers['If-Match'] = request.ifMatch;
  if (request.key) headers['Idempotency-Key'] = request.key;
  return headers;
}

async function once<P, Q, B, A, R>(operation: Operation<P, Q, B, A>, request: Request<P, Q, B>, reading: Reading<R>): Promise<Answer<R>> {
  const clock = new AbortController();
  const timer = setTimeout(() => clock.abort(), LIMIT);
  const stop = () => clock.abort();
  request.signal?.addEventListener('abort', stop);
  try {
    const answer = await fetch(address(operation.path, request.path as object | undefined, request.query as object | undefined), {
      method: operation.method ?? 'GET',
      headers: headersOf(operation, request, reading.accept),
      body: request.body === undefined ? null : JSON.stringify(request.body),
      // The cookie is for the sessions of `tokens` alone.
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      signal: clock.signal,
    });
    if (!answer.ok) throw await refusal(answer);
    const date = Date.parse(answer.headers.get('Date') ?? '');
    const read = { status: answer.status, body: await reading.read(answer), etag: answer.headers.get('ETag') ?? '' };
    return Number.isNaN(date) ? read : { ...read, date };
  } catch (failure) {
    if (failure instanceof Refused) throw failure;
    throw new NoAnswer();
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', stop);
  }
}
