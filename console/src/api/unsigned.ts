// What is asked without a session, such as a password that is set with a one-time code. Nothing is repeated by itself.

import type { Operation } from './operation';
import { NoAnswer, refusal } from './problem';

const LIMIT = 15_000;

export async function sendUnsigned<B>(operation: Operation<undefined, undefined, B, unknown>, body: B): Promise<void> {
  const clock = new AbortController();
  const timer = setTimeout(() => clock.abort(), LIMIT);
  let answer: Response;
  try {
    answer = await fetch(operation.path, {
      method: operation.method ?? 'GET',
      headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      signal: clock.signal,
    });
  } catch {
    throw new NoAnswer();
  } finally {
    clearTimeout(timer);
  }
  if (!answer.ok) throw await refusal(answer);
}
