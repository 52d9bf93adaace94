// Tables that are saved. They are kept as the API wrote them, byte for byte: read as a text they would lose the mark at their beginning, by
// which a spreadsheet knows their letters, and nothing else here keeps a cell from being taken for a formula.

import type { Operation, Request } from './operation';
import { sendForFile } from './send';

export async function sendTable<P, Q>(operation: Operation<P, Q, undefined, undefined>, request: Request<P, Q, undefined> = {}): Promise<Blob> {
  return (await sendForFile(operation, request, 'text/csv')).body;
}
