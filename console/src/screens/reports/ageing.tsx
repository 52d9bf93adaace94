// For how long those who wait have been waiting.

import { send } from '../../api/send';
import { sendTable } from '../../api/table';
import { Bars } from '../../charts/bars';
import { get_ageing_csv, get_ageing_report } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { Grid } from '../../ui/grid';
import { useLoaded } from '../../ui/load';
import { mission, number } from './figures';
import { Report } from './report';

/** How many there are in each band, over all missions. */
export function bandsOf(rows: readonly S.AgeingRow[]): readonly (readonly [string, number])[] {
  const sums = new Map<string, number>();
  for (const row of rows) for (const band of row.bands) sums.set(band.days, (sums.get(band.days) ?? 0) + band.cases);
  return [...sums];
}

export function Ageing() {
  const report = useLoaded(async () => (await send(get_ageing_report)).body, []);
  return (
    <Report name="ageing" of={report} csv={() => sendTable(get_ageing_csv)}>
      {({ items }) => {
        const bands = bandsOf(items);
        return (
          <>
            <Bars title={t('reports.waiting_for')} bars={bands.map(([band, cases]) => ({ name: label('reports.band', band), parts: [cases], says: number(cases) }))} />
            <Grid caption={t('reports.waiting_for')} rows={items} keyOf={(one) => one.mission_id ?? ''} none={t('reports.nothing')} columns={[
              { name: t('reports.mission'), of: (one) => <bdi dir="auto">{mission(one.mission)}</bdi> },
              ...bands.map(([band]) => ({ name: label('reports.band', band), of: (one: S.AgeingRow) => number(one.bands.find((other) => other.days === band)?.cases), isFigure: true })),
              { name: t('reports.waiting'), of: (one) => number(one.waiting), isFigure: true },
            ]} />
          </>
        );
      }}
    </Report>
  );
}
