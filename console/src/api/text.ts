// What the API gives as text, such as a table to be saved: asked for as everything else is.

import type { Operation, Request } from './operation';
import { send } from './send';

/** The text of an answer, as it came. */
export async function sendText<P, Q>(operation: Operation<P, Q, undefined, undefined>, request: Request<P, Q, undefined> = {}): Promise<string> {
  const answer = await send(operation, { ...request, accept: 'text/csv' });
  return String(answer.body ?? '');
}
