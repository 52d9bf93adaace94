// What a task asks for, in words of the console: the sentence of the server is English, and names fields of the API.

import type { S } from '../generated/schema';
import { sentence, t } from '../i18n';
import { placeName } from './leads';

type Asked = Pick<S.Task, 'kind' | 'note' | 'next_action'>;

/** What to do, and where on the screen. What a colleague typed stays as it was typed. */
export function whatToDo({ kind, note, next_action }: Asked): string {
  if (note !== null && note !== undefined) return note;
  const place = placeName(next_action);
  // A case that stands still leads to what its next step lacks; what that is in full stands there, and on the page of the case.
  if (kind === 'stalled' && next_action.field && place) return t('today.needs', { place });
  // A kind that is not known here came with a newer server.
  return sentence('task_hint', kind, next_action.message, { place: place ?? '' });
}
