// Keys that lead somewhere outside of fields.

import { signal } from '@preact/signals';

/** Whether letters lead somewhere: for some who speak to their computer, they are in the way (WCAG 2.1.4). */
export const hasLetters = signal(true);

/** Whether a key belongs to what is typed in, to a dialog, or to the browser. */
export function isTaken(event: KeyboardEvent): boolean {
  const at = event.target;
  const isTyping = at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement;
  return isTyping || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector('dialog[open]') !== null;
}

/** Whether Enter presses what has the focus. */
export const isPressing = (event: KeyboardEvent): boolean => event.target instanceof Element && event.target.closest('button, a, summary, label') !== null;
