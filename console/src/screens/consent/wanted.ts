// What is to be asked of a person, as the page says from which one comes. It is in memory alone: an address stays in the history of the
// browser, and would say what somebody's consent was wanted for, and for whom.

import { signal } from '@preact/signals';
import { onForget } from '../../session/drafts';
import { onWipe } from '../../session/session';

export interface Wanted {
  readonly caseId: string;
  readonly purpose: string;
  readonly organisation?: string;
  readonly compartments?: readonly string[];
  /** How often something was wanted before: the same once more is asked anew. */
  readonly turn: number;
}

const wanted = signal<Wanted | null>(null);
let turn = 0;

/** Where a person is asked. */
export const askPath = (caseId: string): string => `cases/${caseId}/consent?ask=`;
export const want = (what: Omit<Wanted, 'turn'>): void => {
  turn += 1;
  wanted.value = { ...what, turn };
};
/** What is wanted of this case. */
export const wantedOf = (caseId: string): Wanted | null => (wanted.value?.caseId === caseId ? wanted.value : null);
export const forgetWanted = (caseId: string): void => {
  if (wanted.peek()?.caseId === caseId) wanted.value = null;
};
onForget(forgetWanted);
onWipe(() => {
  wanted.value = null;
});
