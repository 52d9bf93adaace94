// What a journey is made of, and which steps it makes.

import type { Descriptor } from '../../forms/descriptor';
import type { S } from '../../generated/schema';

export const MODES: readonly S.MovementMode[] = ['charter_flight', 'flight', 'bus', 'convoy', 'border_handover', 'train', 'ship', 'on_foot', 'military_aircraft', 'medical_evacuation', 'ambulance', 'other'];
export const FUNDERS: readonly S.FundingSource[] = ['self', 'family', 'sending_state', 'host_state', 'iom', 'ngo', 'employer_restitution', 'consular_loan', 'third_state', 'faith_group', 'airline', 'other'];

const field = (name: string, kind: string, max?: number): Descriptor => ({ name, kind, help: '', ...(max ? { max } : {}) });

/** Everything that is the same for all on board. */
export const FIELDS: readonly Descriptor[] = [
  field('name', 'text', 200), field('mode', 'code'), field('status', 'code'), field('departs_at', 'moment'), field('arrives_at', 'moment'), field('capacity', 'integer'),
  field('origin', 'text', 200), field('destination', 'text', 200), field('carrier', 'text', 200), field('reference', 'text', 100), field('escort', 'text', 200), field('funding', 'code'),
  field('departed_at', 'moment'),
];

/** How far a journey may be said to be. Departure and arrival are steps of everybody on board, and are made as such. */
export function statuses(now: string | null): readonly S.MovementStatus[] {
  if (now === null) return ['planned', 'booked'];
  return now === 'departed' ? [] : ['planned', 'booked', 'delayed', 'cancelled'];
}

/** Nothing of it changes any more. */
export const isOver = (batch: S.MovementBatch): boolean => batch.status === 'cancelled' || batch.status === 'arrived';
/** People are put on board and taken off until it departs. */
export const isBoarding = (batch: S.MovementBatch): boolean => !isOver(batch) && batch.status !== 'departed';

/** The steps that everybody on board makes together, as far as the journey is. */
export function stepsOf(status: string | null): readonly S.BatchStep[] {
  switch (status) {
    case 'planned': return ['departure_scheduled'];
    case 'booked': return ['departure_scheduled', 'departed'];
    case 'departed': return ['arrived'];
    default: return [];
  }
}
