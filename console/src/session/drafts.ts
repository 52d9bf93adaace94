// What is typed and not yet sent. In memory only until the server gives a key to seal it with (no clear text and no key made of a
// password is ever written): it outlives a change of screen and a sign-in over the form, and leaving the page asks first.

import { onWipe } from './session';

const drafts = new Map<string, unknown>();

export const draft = <T>(kind: string): T | undefined => drafts.get(kind) as T | undefined;
export const keep = (kind: string, value: unknown): void => void drafts.set(kind, value);
export const drop = (kind: string): void => void drafts.delete(kind);
/** Forgets what was typed about a case that is not there any more. */
export function dropOf(id: string): void {
  for (const kind of [...drafts.keys()]) if (kind.endsWith(id)) drafts.delete(kind);
}
export const hasDrafts = (): boolean => drafts.size > 0;

addEventListener('beforeunload', (event) => {
  if (drafts.size > 0) event.preventDefault();
});
onWipe(() => drafts.clear());
