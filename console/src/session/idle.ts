// The end of a session that nobody uses. By the clock on the wall, looked at whenever the page comes back: timers sleep with the lid.

import { signal } from '@preact/signals';
import * as tokens from '../api/tokens';
import { me, signOut } from './session';

/** Seconds before the end at which it is announced. */
const WARNING = 60;
/** Seconds left, while the warning is shown; null otherwise. */
export const left = signal<number | null>(null);
/** Whether the tab is hidden: then what is personal is covered. */
export const isHidden = signal(false);
/** Milliseconds between two signs of life to the other tabs, which would end the session for all. */
const TELLING = 5000;
const others = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('homeward-alive');
let lastKey = Date.now();
let lastTold = 0;

function touched(): void {
  lastKey = Date.now();
  left.value = null;
  if (lastKey - lastTold > TELLING) {
    lastTold = lastKey;
    others?.postMessage('');
  }
  // Whoever types is there, though nothing was sent: the session goes on with the keys.
  if (me.value && tokens.isDue()) void tokens.refresh().catch(() => false);
}

function look(): void {
  if (!me.value) return;
  const rest = tokens.idleLimit() - (Date.now() - lastKey) / 1000;
  if (rest <= 0) {
    left.value = null;
    void signOut('idle');
  } else {
    left.value = rest <= WARNING ? Math.ceil(rest) : null;
  }
}

others?.addEventListener('message', () => {
  lastKey = Date.now();
  left.value = null;
});

export function watch(): void {
  for (const event of ['keydown', 'pointerdown'] as const) {
    addEventListener(event, () => {
      look();
      touched();
    }, { capture: true, passive: true });
  }
  for (const event of ['pageshow', 'focus'] as const) addEventListener(event, look);
  document.addEventListener('visibilitychange', () => {
    isHidden.value = document.visibilityState === 'hidden';
    look();
  });
  setInterval(look, 1000);
}

/** A sign-in is a sign of life. */
export const begin = touched;
