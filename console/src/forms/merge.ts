// Two people changed one case. What only one of them touched is joined; what both touched is chosen by whoever saves, never by itself.

export type Flat = Readonly<Record<string, string>>;

export interface Merged {
  /** Fields that only the other one touched. */
  readonly theirs: readonly string[];
  /** Fields that both touched, to different ends. */
  readonly both: readonly string[];
  /** What is kept unless it is chosen otherwise: mine where I touched it. */
  readonly joined: Flat;
}

export function merge(base: Flat, theirs: Flat, mine: Flat): Merged {
  const names = Object.keys(theirs);
  const touched = (side: Flat, name: string) => (side[name] ?? '') !== (base[name] ?? '');
  const both = names.filter((name) => touched(theirs, name) && touched(mine, name) && theirs[name] !== mine[name]);
  const joined = Object.fromEntries(names.map((name) => [name, touched(mine, name) ? (mine[name] ?? '') : (theirs[name] ?? '')]));
  return { theirs: names.filter((name) => touched(theirs, name) && !touched(mine, name)), both, joined };
}
