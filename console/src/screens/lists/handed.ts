// A file that was chosen before its list was announced: handed to the page of the list, in memory alone.

import { onWipe } from '../../session/session';

let handed: { readonly id: string; readonly file: File } | null = null;
onWipe(() => {
  handed = null;
});

export const hand = (id: string, file: File): void => {
  handed = { id, file };
};

/** The file of a list, once. */
export function takeHanded(id: string): File | null {
  if (handed?.id !== id) return null;
  const { file } = handed;
  handed = null;
  return file;
}
