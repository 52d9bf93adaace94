// What was done with the service, for those who watch over it: entries, what is odd, proof that nothing was rewritten, and exports.

import { t } from '../../i18n';
import type { Opened } from '../../later';
import { may } from '../../session/session';
import { Tabs } from '../../ui/tabs';
import { Checkpoints } from './checkpoints';
import { Entries } from './entries';
import { Events } from './events';
import { Exports } from './exports';

const SCREENS = { entries: Entries, events: Events, checkpoints: Checkpoints, exports: Exports } as const;
type Name = keyof typeof SCREENS;

export function Audit({ rest: [opened] }: Opened) {
  const own: readonly Name[] = may('audit:read') ? ['entries', 'events', 'checkpoints', 'exports'] : ['events', 'checkpoints'];
  const name = own.find((one) => one === opened) ?? own[0] ?? 'checkpoints';
  const Screen = SCREENS[name];
  return (
    <>
      <h1 tabIndex={-1}>{t('nav.audit')}</h1>
      <Tabs label={t('nav.audit')} at={name} tabs={own.map((one) => ({ name: one, path: `audit/${one}`, text: t(`audit.${one}`) }))} />
      <Screen />
    </>
  );
}
