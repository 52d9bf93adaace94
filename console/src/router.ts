// Where one is: after the `#`, so that no id is in the log of a proxy. Codes only, never a name; the title of the window never changes,
// because titles are written to the history on disk.

import { signal } from '@preact/signals';

export interface Place {
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

function read(): Place {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  return { parts: path.split('/').filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) };
}

export const place = signal<Place>(read());
addEventListener('hashchange', () => {
  place.value = read();
});

export const go = (to: string): void => {
  location.hash = `#/${to}`;
};

/**
 * Another filter of the same screen, without an entry of its own in the history. A screen that is left has no say any more: the field that
 * had the focus is left with it, and would lead back.
 */
export function refine(path: string, query: Readonly<Record<string, string>>): void {
  const at = place.peek().parts.join('/');
  if (at !== '' && path !== at && !path.startsWith(`${at}/`)) return;
  const kept = new URLSearchParams(Object.entries(query).filter(([, value]) => value));
  const written = kept.toString();
  history.replaceState(null, '', `#/${path}${written ? `?${written}` : ''}`);
  place.value = read();
}
