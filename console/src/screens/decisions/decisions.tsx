// What two persons answer for: one asks, with its exact parameters, a second one decides, and the first one does it, once, within the hour.

import type { Opened } from '../../later';
import { may } from '../../session/session';
import { Approvals } from './approvals';
import { AskErasure } from './ask-erasure';
import { AskExport } from './ask-export';
import { Export } from './export';

export function Decisions({ rest: [first = '', second = ''] }: Opened) {
  if (first === 'erase' && second && may('person:erase')) return <AskErasure id={second} />;
  if (first === 'export' && may('export:identifiable')) return <AskExport />;
  if (first === 'exports' && second) return <Export id={second} />;
  return <Approvals />;
}
