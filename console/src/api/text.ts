// What the API gives as text, such as a table to be saved: asked for as everything else is.

import type { Operation, Request } from './operation';
import { sendForFile } from './send';

/** The text of a table, as it came. */
export async function sendText<P, Q>(operation: Operation<P, Q, undefined, undefined>, request: Request<P, Q, undefined> = {}): Promise<string> {
  return (await sendForFile(operation, request, 'text/csv')).body.text();
}
