/** An operation of the API: what it is called with and what it answers are types alone. */
export interface Operation<Path, Query, Body, Answer> {
  /** None where it only reads. */
  readonly method?: string;
  readonly path: string;
  readonly isPatch?: boolean;
  /** Whether it makes something, and so takes an Idempotency-Key. */
  readonly makes?: boolean;
  /** Seconds for which a proof of identity holds for it. */
  readonly proof?: number;
  readonly '~types'?: [Path, Query, Body, Answer];
}

/** What one request is made of. */
export interface Request<Path, Query, Body> {
  readonly path?: Path;
  readonly query?: Query;
  readonly body?: Body;
  /** The ETag of what is on screen. */
  readonly ifMatch?: string;
  /** The key with which a request is repeated and its work done once. */
  readonly key?: string;
  readonly signal?: AbortSignal;
  /** The user whose request it is, where it may outlive their session: nobody else sends it. */
  readonly as?: string;
}

/** An answer, with the ETag that a later change starts from. */
export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly etag: string;
  /** When the server gave it, in milliseconds, where it said so. */
  readonly date?: number;
}

/** The address of a request. */
export function address(path: string, values: object | undefined, query: object | undefined): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String((values as Record<string, unknown> | undefined)?.[name] ?? '')));
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') asked.set(name, String(value));
  }
  const written = asked.toString();
  return written ? `${filled}?${written}` : filled;
}
