// A list as it was read, and how another answer takes its place.

import type { Answer } from '../../api/operation';
import type { S } from '../../generated/schema';

export interface Shown {
  readonly seen: Answer<S.Import>;
  readonly put: (answer: Answer<S.Import>) => void;
  readonly again: () => void;
}
