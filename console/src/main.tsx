import { render } from 'preact';
import { choose, preferred } from './i18n';
import { begin, watch } from './session/idle';
import { keptLanguage } from './session/language';
import { resume } from './session/session';
import { Shell } from './shell';

const root = document.getElementById('root');

async function start(into: HTMLElement): Promise<void> {
  // Without the words of a language the page speaks the one that it brought along.
  await choose(keptLanguage() ?? preferred()).catch(() => undefined);
  // A reload, and a phone that let go of the tab, go on where they were.
  await resume().catch(() => false);
  begin();
  watch();
  render(<Shell />, into);
}

// A page that comes back out of the browser's memory after a sign-out shows nothing of before.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});
if (root) void start(root);
