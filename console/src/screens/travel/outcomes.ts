// What became of everybody at the last step of a journey. Whoever stays behind is taken off, and then only this says who it was and why:
// it stays while one goes from case to case, and is forgotten with the session. In memory alone.

import { signal } from '@preact/signals';
import type { S } from '../../generated/schema';
import { onForget } from '../../session/drafts';
import { onWipe } from '../../session/session';

export interface Outcome {
  readonly to: S.BatchStep;
  readonly result: S.MovementTransitionResult;
  /** Names by case, of those who were on screen. */
  readonly names: Readonly<Record<string, string>>;
}

const outcomes = signal<Readonly<Record<string, Outcome>>>({});

export const outcomeOf = (id: string): Outcome | undefined => outcomes.value[id];
export const keepOutcome = (id: string, outcome: Outcome): void => {
  outcomes.value = { ...outcomes.peek(), [id]: outcome };
};
export const forgetOutcome = (id: string): void => {
  const { [id]: _, ...others } = outcomes.peek();
  outcomes.value = others;
};
onWipe(() => {
  outcomes.value = {};
});

/** The outcome without a person whose case is not there, or not shared, any more. */
export function without(outcome: Outcome, id: string): Outcome {
  const { result, names } = outcome;
  const { [id]: _, ...others } = names;
  const left_without = result.left_without.filter((one) => one.case_id !== id && one.passenger_case_id !== id);
  return { ...outcome, names: others, result: { ...result, left_without, passengers: result.passengers.filter((one) => one.case_id !== id) } };
}
onForget((id) => {
  forgetOutcome(id);
  outcomes.value = Object.fromEntries(Object.entries(outcomes.peek()).map(([batch, outcome]) => [batch, without(outcome, id)]));
});

type Part = 'behind' | 'moved' | 'before';

/** Those who stay behind, those who moved, and those who had made the step before. */
export function parted(result: S.MovementTransitionResult): Readonly<Record<Part, readonly S.PassengerResult[]>> {
  const all = result.passengers;
  return {
    behind: all.filter((one) => !one.moved && one.unmet.length > 0),
    moved: all.filter((one) => one.moved),
    before: all.filter((one) => !one.moved && one.unmet.length === 0),
  };
}
