// What the API is asked about the records below a case, by their description.

import type { Operation } from '../api/operation';
import { send } from '../api/send';
import type { Act, RecordForm, Stored, Update } from './descriptor';

type Body = Readonly<Record<string, unknown>>;

/** A record from which a change starts. */
export interface Opened {
  readonly record: Body;
  readonly etag: string;
}

const proofOf = (act: Act) => (act.proof ? { proof: act.proof } : {});

export async function list(form: RecordForm, id: string): Promise<readonly Stored[]> {
  const read: Operation<{ id: string }, undefined, undefined, { items: readonly Stored[] }> = { path: form.path };
  return (await send(read, { path: { id } })).body.items;
}

/** A record of a list. Its version alone is compared: the list need not say the rest of its tag. */
export const opened = (record: Stored): Opened => ({ record, etag: `"${record.version}"` });

/** The one record that a case has anyway. */
export async function readOne(form: RecordForm, id: string): Promise<Opened> {
  const read: Operation<{ id: string }, undefined, undefined, Body> = { path: form.path };
  const answer = await send(read, { path: { id } });
  return { record: answer.body, etag: answer.etag };
}

/** Makes a record, once however often it is sent under its key. */
export async function make(form: RecordForm, act: Act, id: string, body: Body, key: string): Promise<void> {
  const operation: Operation<{ id: string }, undefined, Body, unknown> = { method: 'POST', path: form.path, makes: true, ...proofOf(act) };
  await send(operation, { path: { id }, body, key });
}

/** Changes a record from the version that was shown, by what was touched of it. */
export async function alter(path: string, act: Act | Update, ids: Readonly<Record<string, string>>, patch: Body, etag: string): Promise<void> {
  const operation: Operation<Record<string, string>, undefined, Body, unknown> = { method: 'PATCH', path, isPatch: true, ...proofOf(act) };
  await send(operation, { path: ids, body: patch, ifMatch: etag });
}
