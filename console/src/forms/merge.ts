// Two people changed one thing. What only one of them touched is joined; what both touched is chosen by whoever saves, never by itself.

export type Flat = Readonly<Record<string, string>>;

export interface Merged<Value = string> {
  /** Fields that only the other one touched. */
  readonly theirs: readonly string[];
  /** Fields that both touched, to different ends. */
  readonly both: readonly string[];
  /** What is kept unless it is chosen otherwise: mine where I touched it. */
  readonly joined: Readonly<Record<string, Value>>;
}

/** Nothing is written in several ways. */
const written = (value: unknown): string => (value === undefined || value === null || (Array.isArray(value) && !value.length) ? '""' : JSON.stringify(value));
export const isSame = (one: unknown, other: unknown): boolean => written(one) === written(other);

export function merge<Value>(base: Readonly<Record<string, Value>>, theirs: Readonly<Record<string, Value>>, mine: Readonly<Record<string, Value>>): Merged<Value> {
  const names = Object.keys(theirs);
  const touched = (side: Readonly<Record<string, Value>>, name: string) => !isSame(side[name], base[name]);
  const both = names.filter((name) => touched(theirs, name) && touched(mine, name) && !isSame(theirs[name], mine[name]));
  const joined = Object.fromEntries(names.map((name) => [name, (touched(mine, name) ? mine[name] : theirs[name]) as Value]));
  return { theirs: names.filter((name) => touched(theirs, name) && !touched(mine, name)), both, joined };
}

/**
 * Both changes of a list, which the API replaces as a whole: theirs without what I took out or changed, and with what I wrote instead.
 * Nothing where there are no two lists.
 */
export function together(base: unknown, theirs: unknown, mine: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(theirs) || !Array.isArray(mine)) return undefined;
  const began: readonly unknown[] = Array.isArray(base) ? base : [];
  const has = (all: readonly unknown[], one: unknown) => all.some((other) => isSame(one, other));
  const kept = theirs.filter((one) => !has(began, one) || has(mine, one));
  return [...kept, ...mine.filter((one) => !has(began, one) && !has(kept, one))];
}

/** What was typed, from which version, and what stood there then. */
export interface Typed<Value> {
  readonly base: Readonly<Record<string, Value>>;
  readonly etag: string;
  readonly mine: Readonly<Record<string, Value>>;
}

/** What was typed, on top of what is there now, and what happened between the two; null: nothing that was read. */
export interface TakenUp<Value> extends Typed<Value> {
  readonly merged: Merged<Value> | null;
  /** From where it is kept: while both sides are still to be read, from where it was typed, so that they are shown again. */
  readonly from: Pick<Typed<Value>, 'base' | 'etag'>;
}

/** Goes on with what was typed. Where somebody was faster, it is laid on theirs and never over it. */
export function takeUp<Value>(typed: Typed<Value> | undefined, now: Readonly<Record<string, Value>>, etag: string): TakenUp<Value> {
  const here = { base: now, etag };
  if (!typed) return { ...here, mine: now, merged: null, from: here };
  const merged = merge(typed.base, now, typed.mine);
  const isMoved = merged.theirs.length > 0 || merged.both.length > 0;
  return { ...here, mine: merged.joined, merged: isMoved ? merged : null, from: isMoved ? { base: typed.base, etag: typed.etag } : here };
}
