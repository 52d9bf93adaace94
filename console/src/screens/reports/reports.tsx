// The reports: each a picture and the same as a table, over the cases that one's organisation sees.

import { label, t } from '../../i18n';
import type { Opened } from '../../later';
import { Tabs } from '../../ui/tabs';
import { Ageing } from './ageing';
import { Backlog } from './backlog';
import { Fines } from './fines';
import { Forecast } from './forecast';
import { Funnel } from './funnel';
import { MissionReports } from './mission-reports';
import { Reconciliation } from './reconciliation';
import { ReTrafficking } from './re-trafficking';
import { Statistics } from './statistics';

const SCREENS = { funnel: Funnel, backlog: Backlog, ageing: Ageing, fines: Fines, forecast: Forecast, reconciliation: Reconciliation, 're-trafficking': ReTrafficking, statistics: Statistics, missions: MissionReports } as const;
type Name = keyof typeof SCREENS;
const NAMES = Object.keys(SCREENS) as readonly Name[];

export function Reports({ rest: [opened] }: Opened) {
  const name = NAMES.find((one) => one === opened) ?? 'funnel';
  const Screen = SCREENS[name];
  return (
    <>
      <h1 tabIndex={-1}>{t('nav.reports')}</h1>
      <Tabs label={t('nav.reports')} at={name} tabs={NAMES.map((one) => ({ name: one, path: `reports/${one}`, text: label('reports', one) }))} />
      <Screen />
    </>
  );
}
