// Screens that come when they are opened, each with its words: the sign-in waits for none of them. What is done all day is fetched
// right after the sign-in, so that a line that breaks afterwards keeps nobody from registering.

import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { speak, t } from './i18n';
import type { Area } from './i18n';

/** What a screen is told: the parts of the address behind its own name. */
export interface Opened {
  readonly rest: readonly string[];
}
type Screen = ComponentType<Opened>;
interface Part {
  readonly areas: readonly Area[];
  readonly load: () => Promise<Screen>;
  /** Whether it is fetched before it is asked for. */
  readonly isDaily?: boolean;
}

const PARTS = {
  today: { areas: ['work'], load: async () => (await import('./screens/today')).Today, isDaily: true },
  register: { areas: ['work'], load: async () => (await import('./screens/register')).Register, isDaily: true },
  people: { areas: ['work', 'blind'], load: async () => (await import('./screens/people')).People, isDaily: true },
  cases: { areas: ['work', 'assign'], load: async () => (await import('./screens/cases')).Cases, isDaily: true },
  sharing: { areas: ['work', 'sharing'], load: async () => (await import('./screens/sharing/sharing')).Sharing },
  'case-sharing': { areas: ['work', 'sharing', 'consent'], load: async () => (await import('./screens/case-sharing/case-sharing')).CaseSharing },
  'case-consent': { areas: ['work', 'sharing', 'consent'], load: async () => (await import('./screens/consent/consent')).Consent },
  'case-embassy': { areas: ['work', 'consent', 'embassy'], load: async () => (await import('./screens/embassy/embassy')).Embassy },
  case: { areas: ['work', 'assign', 'papers'], load: async () => (await import('./screens/case')).Case, isDaily: true },
  travel: { areas: ['work', 'pick', 'papers', 'travel'], load: async () => (await import('./screens/travel/travel')).Travel },
  waivers: { areas: ['work', 'pick', 'papers', 'waivers'], load: async () => (await import('./screens/waivers/waivers')).Waivers },
  lists: { areas: ['work', 'lists'], load: async () => (await import('./screens/lists/lists')).Lists },
  reports: { areas: ['work', 'reports'], load: async () => (await import('./screens/reports/reports')).Reports },
  map: { areas: ['admin', 'map'], load: async () => (await import('./screens/map/map')).Places },
  users: { areas: ['work', 'account', 'admin'], load: async () => (await import('./screens/admin/users')).Users },
  organisations: { areas: ['work', 'admin'], load: async () => (await import('./screens/admin/organisations')).Organisations },
  missions: { areas: ['work', 'admin'], load: async () => (await import('./screens/admin/missions')).Missions },
  clients: { areas: ['work', 'admin'], load: async () => (await import('./screens/admin/clients')).Clients },
  reference: { areas: ['work', 'admin'], load: async () => (await import('./screens/admin/reference')).Reference },
  audit: { areas: ['work', 'audit'], load: async () => (await import('./screens/audit/audit')).Audit },
  'case-accesses': { areas: ['work', 'audit'], load: async () => (await import('./screens/audit/accesses')).Accesses },
  account: { areas: ['account'], load: async () => (await import('./screens/account/account')).Account },
  setup: { areas: ['account'], load: async () => (await import('./screens/account/setup')).Setup },
  tracing: { areas: ['work', 'consent', 'tracing'], load: async () => (await import('./screens/tracing/tracing')).Tracing },
  duplicates: { areas: ['work', 'duplicates'], load: async () => (await import('./screens/duplicates/duplicates')).Duplicates },
  decisions: { areas: ['work', 'sharing', 'consent', 'decisions'], load: async () => (await import('./screens/decisions/decisions')).Decisions },
} satisfies Record<string, Part>;

export type PartName = keyof typeof PARTS;
export const isPart = (name: string): name is PartName => name in PARTS;
const parts: Readonly<Record<PartName, Part>> = PARTS;

const here = new Map<PartName, Screen>();

async function fetched(name: PartName): Promise<Screen> {
  const [screen] = await Promise.all([parts[name].load(), speak([...parts[name].areas, 'codes', 'names'])]);
  here.set(name, screen);
  return screen;
}

/** Fetches what is done all day, of what this user may open. What does not come is fetched again when it is opened. */
export function fetchDaily(names: readonly PartName[]): void {
  for (const name of names) if (parts[name].isDaily) fetched(name).catch(() => undefined);
}

/** A screen, once it is here. */
export function Later({ name, rest }: { readonly name: PartName; readonly rest: readonly string[] }) {
  const [turn, setTurn] = useState(0);
  const [hasFailed, setFailed] = useState(false);
  const [, setHere] = useState<PartName | null>(null);
  useEffect(() => {
    // What came between the drawing and this moment is drawn now; nothing else would do it.
    if (here.has(name)) {
      setHere(name);
      return;
    }
    let isCurrent = true;
    setFailed(false);
    fetched(name).then(
      () => isCurrent && setHere(name),
      () => isCurrent && setFailed(true),
    );
    return () => {
      isCurrent = false;
    };
  }, [name, turn]);
  const Found = here.get(name);
  if (Found) return <Found rest={rest} />;
  if (!hasFailed) return <p class="quiet" role="status">{t('load.wait')}</p>;
  return (
    <>
      <p role="alert">{t('load.failed')}</p>
      <p class="buttons">
        <button type="button" onClick={() => setTurn((before) => before + 1)}>{t('load.again')}</button>
        <button type="button" class="quiet-button" onClick={() => location.reload()}>{t('load.page')}</button>
      </p>
    </>
  );
}
