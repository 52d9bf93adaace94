// The reports: each a picture and the same as a table, over the cases that one's organisation sees.

import { label, t } from '../../i18n';
import type { Opened } from '../../later';
import { may } from '../../session/session';
import { Tabs } from '../../ui/tabs';
import { Ageing } from './ageing';
import { Backlog } from './backlog';
import { Fines } from './fines';
import { Forecast } from './forecast';
import { Funnel } from './funnel';
import { MissionReports } from './mission-reports';
import { Reconciliation } from './reconciliation';
import { Released } from './released';
import { ReTrafficking } from './re-trafficking';
import { Statistics } from './statistics';

const SCREENS = { funnel: Funnel, backlog: Backlog, ageing: Ageing, fines: Fines, forecast: Forecast, reconciliation: Reconciliation, 're-trafficking': ReTrafficking, statistics: Statistics, released: Released, missions: MissionReports } as const;
type Name = keyof typeof SCREENS;
const NAMES = Object.keys(SCREENS) as readonly Name[];
/** What is there for whoever may not open cases. */
const OF_GROUPS: readonly Name[] = ['released', 'missions'];

export function Reports({ rest: [opened] }: Opened) {
  const names = may('statistics:exact') ? NAMES : OF_GROUPS;
  const name = names.find((one) => one === opened) ?? names[0] ?? 'released';
  const Screen = SCREENS[name];
  return (
    <>
      <h1 tabIndex={-1}>{t('nav.reports')}</h1>
      <Tabs label={t('nav.reports')} at={name} tabs={names.map((one) => ({ name: one, path: `reports/${one}`, text: label('reports', one) }))} />
      <Screen />
    </>
  );
}
