import { render } from 'preact';
import { choose, preferred, t } from './i18n';
import { begin, watch } from './session/idle';
import { resume } from './session/session';
import { Shell } from './shell';

const root = document.getElementById('root');

async function start(into: HTMLElement): Promise<void> {
  await choose(preferred());
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
// A tab from before an upgrade cannot load what was replaced: what is typed stays, and a reload is offered.
addEventListener('unhandledrejection', (event) => {
  if (String(event.reason).includes('dynamically imported module') && confirm(t('upgrade.reload'))) location.reload();
});

if (root) void start(root);
