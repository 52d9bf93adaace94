// Where each may go: by what they may do, never by what they are called. What is hidden here is hidden for tidiness; the server decides.

import type { Key } from './i18n';
import type { Permission } from './session/session';

export interface Entry {
  readonly path: string;
  readonly key: Key;
  /** Any one of these leads there. */
  readonly permissions: readonly Permission[];
  /** The key that leads there, outside of fields; none for what is not done all day. */
  readonly letter?: string;
}

/** In the order in which they stand. On phones the first three are in sight, and the others behind one press. */
export const ENTRIES: readonly Entry[] = [
  { path: 'today', key: 'nav.today', permissions: ['case:read'], letter: 't' },
  { path: 'register', key: 'nav.register', permissions: ['case:register'], letter: 'n' },
  { path: 'people', key: 'nav.people', permissions: ['case:read'], letter: '/' },
  { path: 'cases', key: 'nav.cases', permissions: ['case:read'], letter: 'c' },
  { path: 'lists', key: 'nav.lists', permissions: ['case:register'] },
  { path: 'travel', key: 'nav.travel', permissions: ['case:read'] },
  { path: 'waivers', key: 'nav.waivers', permissions: ['case:read'] },
  { path: 'sharing', key: 'nav.sharing', permissions: ['case:read'] },
  { path: 'tracing', key: 'nav.tracing', permissions: ['tracing:request'] },
  { path: 'duplicates', key: 'nav.duplicates', permissions: ['case:update'] },
  // Supervisors are told what is odd; the entries are for auditors alone, who begin here.
  { path: 'audit', key: 'nav.audit', permissions: ['audit:read', 'emergency_access:review'] },
  { path: 'decisions', key: 'nav.decisions', permissions: ['approval:ask', 'approval:decide'] },
  { path: 'reports', key: 'nav.reports', permissions: ['statistics:read'] },
  { path: 'users', key: 'nav.users', permissions: ['user:manage'] },
  { path: 'organisations', key: 'nav.organisations', permissions: ['organisation:manage'] },
  { path: 'missions', key: 'nav.missions', permissions: ['organisation:manage'] },
  { path: 'clients', key: 'nav.clients', permissions: ['client:manage'] },
  { path: 'reference', key: 'nav.reference', permissions: ['reference:write'] },
  { path: 'map', key: 'nav.map', permissions: ['statistics:read', 'reference:write'] },
  { path: 'account', key: 'nav.account', permissions: ['account:own'] },
];

/** The entries of whoever may do these things. */
export const entriesOf = (permissions: readonly Permission[]): readonly Entry[] => ENTRIES.filter((entry) => entry.permissions.some((one) => permissions.includes(one)));
