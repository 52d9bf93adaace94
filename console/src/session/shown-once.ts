// What the server says once and never again, such as recovery codes: while it is on screen and nobody said that it is written down, leaving
// the page and signing out ask first, as for what is not sent. It is kept nowhere; that it is there is all that stands here.

import { onCount, onWipe } from './session';

let shown = 0;

/** Something is on screen that is not shown again. The answer takes that back, once it is written down or gone. */
export function shownOnce(): () => void {
  let isShown = true;
  shown += 1;
  return () => {
    if (isShown) shown = Math.max(0, shown - 1);
    isShown = false;
  };
}

onCount({ all: () => shown, unkept: () => shown });
onWipe(() => {
  shown = 0;
});
