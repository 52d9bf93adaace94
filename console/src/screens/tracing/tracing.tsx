// People who are looked for: by us, and among the people of our own cases.

import type { Opened } from '../../later';
import { Match } from './match';
import { Matches } from './matches';
import { NewRequest } from './new-request';
import { Request } from './request';
import { Requests } from './requests';
import { Several } from './several';

export function Tracing({ rest: [first = '', second = ''] }: Opened) {
  if (first === 'new') return <NewRequest />;
  if (first === 'several') return <Several />;
  if (first === 'matches') return second ? <Match id={second} /> : <Matches />;
  return first ? <Request id={first} /> : <Requests />;
}
