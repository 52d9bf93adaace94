// How long something can still be fetched.

/** Seconds that are left; null where it is not known until when. */
export function secondsLeft(until: string | null, now: number): number | null {
  const end = until ? Date.parse(until) : Number.NaN;
  return Number.isNaN(end) ? null : Math.max(0, Math.ceil((end - now) / 1000));
}

/** Minutes and seconds, as a clock writes them. */
export const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
