// Parts of one screen, each with an address of its own. On phones, where links would fill the screen, one is chosen from a list.

import { go } from '../router';
import { Select } from './fields';

interface Tab {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

export function Tabs({ label, at, tabs }: { readonly label: string; readonly at: string; readonly tabs: readonly Tab[] }) {
  return (
    <div class="tabs" role="group" aria-label={label}>
      <ul>
        {tabs.map((one) => (
          <li key={one.name}><a href={`#/${one.path}`} aria-current={one.name === at ? 'page' : undefined}>{one.text}</a></li>
        ))}
      </ul>
      <Select label={label} name="part" value={at} choices={tabs.map((one) => ({ value: one.name, text: one.text }))} onChange={(name) => go(tabs.find((one) => one.name === name)?.path ?? '')} />
    </div>
  );
}
