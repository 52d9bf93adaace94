/** Words by their whole keys, as catalogues are written. They are sent by groups, which say once what keys begin with. */
export const flat = (groups: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(groups).flatMap(([group, all]) => Object.entries(all).map(([name, text]) => [group ? `${group}.${name}` : name, text])));
