// Where each may go: by what they may do, never by what they are called. What is hidden here is hidden for tidiness; the server decides.

import type { Key } from './i18n';
import type { Permission } from './session/session';

export interface Entry {
  readonly path: string;
  readonly key: Key;
  readonly permission: Permission;
  /** The key that leads there, outside of fields. */
  readonly letter: string;
}

export const ENTRIES: readonly Entry[] = [
  { path: 'today', key: 'nav.today', permission: 'case:read', letter: 't' },
  { path: 'register', key: 'nav.register', permission: 'case:register', letter: 'n' },
  { path: 'people', key: 'nav.people', permission: 'case:read', letter: '/' },
  { path: 'cases', key: 'nav.cases', permission: 'case:read', letter: 'c' },
];

/** The entries of whoever may do these things. */
export const entriesOf = (permissions: readonly Permission[]): readonly Entry[] => ENTRIES.filter((entry) => permissions.includes(entry.permission));
