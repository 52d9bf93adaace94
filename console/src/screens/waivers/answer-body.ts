// What is sent of the answers of an authority: those that were said, and no others.

import type { S } from '../../generated/schema';
import { asDay } from '../../i18n/dates';
import { percentOf } from './new-request';

export interface Said {
  readonly day: string;
  readonly reference: string;
  /** By case; without a status nothing was answered yet. */
  readonly members: Readonly<Record<string, { readonly status: string; readonly percent: string }>>;
}
export const NOTHING: Said = { day: '', reference: '', members: {} };
/** As many as the API takes at once: the others are recorded afterwards. */
const MOST = 200;

export function answersOf(open: readonly S.WaiverRequestMember[], said: Said): S.AnswerWaiverRequest {
  const reference = said.reference.normalize('NFC').trim();
  const day = asDay(said.day);
  const answers = open.flatMap((one): readonly object[] => {
    const own = said.members[one.case_id];
    if (!own?.status) return [];
    const percent = own.status === 'granted' ? percentOf(own.percent) : '';
    return [{ case_id: one.case_id, status: own.status as S.WaiverAnswerStatus, ...(day ? { answered_on: day } : {}), ...(percent ? { granted_percent: percent } : {}), ...(reference ? { reference } : {}) }];
  });
  // A day that was not said is not sent: the API asks for it at its field.
  return { answers: answers.slice(0, MOST) as readonly S.WaiverAnswer[] };
}
