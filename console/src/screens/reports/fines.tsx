// What was asked for overstay, and what became of it. Currencies are never added up, and each is drawn to its own measure.

import { send } from '../../api/send';
import { sendTable } from '../../api/table';
import { Bars } from '../../charts/bars';
import { get_fines_csv, get_fines_report } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { Grid } from '../../ui/grid';
import { useLoaded } from '../../ui/load';
import { amount, mission, number } from './figures';
import { Report } from './report';

const PARTS = ['waived', 'paid', 'settled_unpaid', 'outstanding'] as const;

/** The largest fine of each currency, to which its bars are drawn. */
export function measures(rows: readonly S.FinesRow[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const row of rows) found.set(row.currency ?? '', Math.max(found.get(row.currency ?? '') ?? 0, Number(row.sums.assessed)));
  return found;
}

export function Fines() {
  const report = useLoaded(async () => (await send(get_fines_report)).body, []);
  return (
    <Report name="fines" of={report} csv={() => sendTable(get_fines_csv)}>
      {({ items }) => {
        const longest = measures(items);
        const keyOf = (one: S.FinesRow) => `${one.mission_id} ${one.currency}`;
        const money = (part: keyof Omit<S.FineSums, 'cases' | 'tracks'>) => ({ name: t(`reports.fine.${part}`), of: (one: S.FinesRow) => amount(one.sums[part], one.currency), isFigure: true });
        return (
          <>
            <Bars title={t('reports.fine.title')} legend={PARTS.map((part) => t(`reports.fine.${part}`))} bars={items.map((one) => ({ name: mission(one.mission), parts: PARTS.map((part) => Number(one.sums[part])), says: amount(one.sums.assessed, one.currency), of: longest.get(one.currency ?? '') || 1 }))} />
            <Grid caption={t('reports.fine.title')} rows={items} keyOf={keyOf} none={t('reports.nothing')} columns={[
              { name: t('reports.mission'), of: (one) => <bdi dir="auto">{mission(one.mission)}</bdi> },
              { name: t('reports.cases'), of: (one) => number(one.sums.cases), isFigure: true },
              money('assessed'), ...PARTS.map(money), money('overpaid'),
            ]} />
            {items.map((one) => (
              <details key={keyOf(one)}>
                <summary>{t('reports.fine.tracks', { mission: mission(one.mission), currency: one.currency ?? '–' })}</summary>
                <Grid caption={t('reports.fine.how_far')} rows={one.sums.tracks} keyOf={(track) => track.track} none={t('reports.nothing')} columns={[
                  { name: t('reports.fine.track'), of: (track) => label('reports.track', track.track) },
                  { name: t('reports.cases'), of: (track) => number(track.cases), isFigure: true },
                ]} />
              </details>
            ))}
          </>
        );
      }}
    </Report>
  );
}
