// The end of a session that nobody uses. By the clock on the wall, looked at whenever the page comes back: timers sleep with the lid.

import { signal } from '@preact/signals';
import * as tokens from '../api/tokens';
import { isHere, signOut, unkeptHere } from './session';

/** Seconds before the end at which it is announced. */
const WARNING = 60;
/** Seconds left, while the warning is shown; null otherwise. */
export const left = signal<number | null>(null);
/** Seconds after which a sign of life prolongs the session at the server, which knows nothing of keys. */
const FRESH = 60;
/** Milliseconds between two signs of life to the other tabs, which would end the session for all. */
const TELLING = 5000;
/** Milliseconds between two tries to prolong the session. */
const TRYING = 10_000;
const others = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('homeward-alive');
let lastKey = Date.now();
let lastTold = 0;
let lastTried = 0;

/** Whoever types is there, though nothing was sent: the session goes on with the keys, and does not end before the page says so. */
function prolong(): void {
  const now = Date.now();
  const isStale = lastKey / 1000 > tokens.prolongedAt() && now / 1000 - tokens.prolongedAt() > FRESH;
  if (!isHere() || !isStale || now - lastTried < TRYING) return;
  lastTried = now;
  void tokens.refresh().catch(() => false);
}

function touched(): void {
  lastKey = Date.now();
  left.value = null;
  if (lastKey - lastTold > TELLING) {
    lastTold = lastKey;
    others?.postMessage('');
  }
  prolong();
}

function look(): void {
  if (!isHere()) return;
  const rest = tokens.idleLimit() - (Date.now() - lastKey) / 1000;
  if (rest <= 0) {
    left.value = null;
    signOut('idle');
  } else {
    left.value = rest <= WARNING ? Math.ceil(rest) : null;
    // A key that came right after the last time is not forgotten.
    prolong();
  }
}

others?.addEventListener('message', () => {
  lastKey = Date.now();
  left.value = null;
});

export function watch(): void {
  // Whoever speaks to their computer, or is helped by a device, makes clicks and text without a key.
  for (const event of ['keydown', 'pointerdown', 'click', 'input'] as const) {
    addEventListener(event, () => {
      look();
      touched();
    }, { capture: true, passive: true });
  }
  for (const event of ['pageshow', 'focus'] as const) addEventListener(event, look);
  document.addEventListener('visibilitychange', () => {
    // What is personal is covered while nobody looks: the list of open windows shows pictures of them.
    document.body.classList.toggle('covered', document.visibilityState === 'hidden');
    look();
  });
  addEventListener('beforeunload', (event) => {
    if (unkeptHere() > 0) event.preventDefault();
  });
  setInterval(look, 1000);
}

/** That somebody is there: a sign-in, or an answer to the warning. */
export const begin = touched;
