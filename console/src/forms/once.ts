// Something is made once, however often it is asked for.

import { Refused, mayPass } from '../api/problem';
import { newKey } from '../api/send';

/** The key of every body that was sent and not answered. */
export type Keys = Record<string, string>;

/** Sends a body under its one key, until there was an answer: then another try is another request. */
export async function once<T>(keys: Keys, body: unknown, work: (key: string) => Promise<T>): Promise<T> {
  const written = JSON.stringify(body);
  const key = (keys[written] ??= newKey());
  try {
    return await work(key);
  } catch (why) {
    if (why instanceof Refused && !mayPass(why)) delete keys[written];
    throw why;
  }
}
