import type { S } from '../generated/schema';

/** The API refused a request. */
export class Refused extends Error {
  constructor(readonly status: number, readonly problem: S.Problem, readonly retryAfter: number) {
    super(problem.code);
  }

  get code(): string {
    return this.problem.code;
  }
}

/** No answer came: what became of the request is not known. */
export class NoAnswer extends Error {}

/** The session ended, and whoever sat here did not sign in again. */
export class SignedOut extends Error {}

/** What a failed answer says. One that is no problem document came from something between here and the service. */
export async function refusal(answer: Response): Promise<Refused> {
  const waits = Number(answer.headers.get('Retry-After') ?? '0');
  let problem: S.Problem | null = null;
  try {
    problem = (await answer.json()) as S.Problem;
  } catch {
    problem = null;
  }
  const told: S.Problem = problem && typeof problem.code === 'string' ? problem : { type: '', title: '', status: answer.status, code: 'internal', instance: answer.headers.get('X-Request-Id') ?? '' };
  return new Refused(answer.status, told, Number.isFinite(waits) ? waits : 0);
}

/** A part of the page did not load: the line is gone, or the service was upgraded and the part replaced. */
export class NotLoaded extends Error {}

/** Whether the same request may succeed a little later. A fault says nothing of whether the work was done: it is asked again, under its key. */
export function mayPass(failure: unknown): boolean {
  return failure instanceof NoAnswer || (failure instanceof Refused && (failure.status >= 500 || [408, 429].includes(failure.status)));
}

/** With which status something was refused; 0 where it was not. */
export const statusOf = (failure: unknown): number => (failure instanceof Refused ? failure.status : 0);
/** It is not there any more, or not for whoever asks. */
export const isGone = (failure: unknown): boolean => statusOf(failure) === 404;
/** It was changed since it was read. */
export const isStale = (failure: unknown): boolean => statusOf(failure) === 412;
/** What stands there now must be read: somebody was faster, it is gone, or nobody knows what became of the request. */
export const isOvertaken = (failure: unknown): boolean => failure instanceof NoAnswer || [404, 409, 412].includes(statusOf(failure));
