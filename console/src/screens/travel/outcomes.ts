// What became of everybody at the last step of a journey. Whoever stays behind is taken off, and then only this says who it was and why:
// it stays while one goes from case to case, and is forgotten with the session. In memory alone.

import { signal } from '@preact/signals';
import type { S } from '../../generated/schema';
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
