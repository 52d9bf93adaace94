// Something is made once, however often it is asked for.

import { Refused, SignedOut, mayPass } from '../api/problem';
import { newKey } from '../api/send';
import { me } from '../session/session';

/** What was sent and not answered, as it was written, with its key: one body at most, since nothing else is sent before there is an answer. */
export type Keys = Record<string, string>;

/** Whether something was sent of which it is not known what became: until there is an answer its form is frozen. */
export const isSent = (keys: Keys): boolean => Object.keys(keys).length > 0;

/**
 * Sends a body under its one key. Where the answer to an earlier one was lost, that one is sent again, word for word and under its own key;
 * once there was an answer another try is another request. `hold` keeps the keys with what was typed, before it is sent and after a refusal.
 */
export async function once<B, A>(keys: Keys, body: B, work: (body: B, key: string) => Promise<A>, hold: () => void = () => undefined): Promise<A> {
  const owner = me.peek()?.user_id;
  const wasSent = isSent(keys);
  const [written = JSON.stringify(body)] = Object.keys(keys);
  const key = (keys[written] ??= newKey());
  hold();
  try {
    const answer = await work(JSON.parse(written) as B, key);
    delete keys[written];
    return answer;
  } catch (why) {
    // Who gave no proof of who they are sent nothing.
    if (why instanceof SignedOut ? !wasSent : why instanceof Refused && !mayPass(why)) delete keys[written];
    // Whoever signed in meanwhile gets nothing of it.
    if (me.peek()?.user_id === owner) hold();
    throw why;
  }
}
