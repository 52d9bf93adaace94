// What the person decides about a mission, as it is typed; and the request that it makes.

import type { Keys } from '../../forms/once';
import type { S } from '../../generated/schema';
import { asDay } from '../../i18n/dates';
import { EMPTY as NOTHING, assent, guardianship } from '../consent/typed';
import type { Typed as Answer } from '../consent/typed';

/** As large as each other, and none before the others in weight: two let the mission in, two keep it out. */
export const DECISIONS: readonly S.PersonDecision[] = ['requested', 'accepted', 'declined', 'deferred'];
export const INITIATORS: readonly S.ContactInitiator[] = ['person_request', 'walk_in', 'ngo_with_consent', 'family', 'authority_notification'];
export const letsIn = (decision: string): boolean => decision === 'requested' || decision === 'accepted';

export interface Typed {
  readonly mission: string;
  readonly decision: string;
  readonly initiator: string;
  /** Whether the right to be informed was read aloud, and on which day. */
  readonly isRead: boolean;
  readonly readOn: string;
  readonly giver: string;
  readonly right: Answer['right'];
  readonly child: Answer['child'];
  readonly keys: Keys;
}

export const EMPTY: Typed = { mission: '', decision: '', initiator: '', isRead: false, readOn: '', giver: '', right: NOTHING.right, child: NOTHING.child, keys: {} };


/** For a child somebody decides who answers for it, where it lets the mission in; and the child is heard. */
export const asksForChild = (typed: Typed, isChild: boolean | null): boolean => isChild === true && letsIn(typed.decision);

const ofChild = (typed: Typed, isChild: boolean | null) =>
  asksForChild(typed, isChild) ? { child_decision: { given_by: typed.giver || undefined, guardianship: guardianship(typed.right), assent: assent(typed.child) } as unknown as S.ChildDecisionInput } : {};

const informed = (typed: Typed) => (typed.isRead ? { informed_of_rights_on: asDay(typed.readOn) } : {});

export const bodyOf = (typed: Typed, isChild: boolean | null): S.CreateEmbassyContact => ({
  mission_id: typed.mission,
  initiated_by: typed.initiator as S.ContactInitiator,
  person_decision: typed.decision as S.PersonDecision,
  ...informed(typed),
  ...ofChild(typed, isChild),
});

/** The change of what was recorded before: what the person decides now, as of today, or only that they were informed. */
export const patchOf = (typed: Typed, isChild: boolean | null, today: string): S.UpdateEmbassyContact => ({
  ...(typed.decision ? { person_decision: typed.decision as S.PersonDecision, decided_on: today } : {}),
  ...informed(typed),
  ...(ofChild(typed, isChild) as object),
});

/** What must be said before it can be recorded, by its place. */
export function missing(typed: Typed, isChange: boolean): readonly string[] {
  const wanted: readonly (readonly [string, boolean])[] = [
    ['/mission_id', !typed.mission],
    ['/informed_of_rights_on', letsIn(typed.decision) && !typed.isRead && !isChange],
    ['/person_decision', !typed.decision && !(isChange && typed.isRead)],
    ['/initiated_by', !typed.initiator && !isChange],
  ];
  return wanted.filter(([, isMissing]) => isMissing).map(([pointer]) => pointer);
}
