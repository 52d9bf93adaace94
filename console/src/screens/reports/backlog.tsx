// How many wait at each stage, and for how long.

import { send } from '../../api/send';
import { sendTable } from '../../api/table';
import { Bars } from '../../charts/bars';
import { get_backlog_csv, get_backlog_report } from '../../generated/operations';
import { label, t } from '../../i18n';
import { Grid } from '../../ui/grid';
import { useLoaded } from '../../ui/load';
import { days, number } from './figures';
import { Report } from './report';

export function Backlog() {
  const report = useLoaded(async () => (await send(get_backlog_report)).body, []);
  return (
    <Report name="backlog" of={report} csv={() => sendTable(get_backlog_csv)}>
      {({ items }) => (
        <>
          <Bars title={t('reports.waiting_at')} legend={[t('reports.waiting'), t('reports.beside')]} bars={items.map((one) => ({ name: label('stage', one.stage), parts: [one.waiting, one.beside_the_road], says: one.beside_the_road ? t('reports.and_beside', { waiting: number(one.waiting), beside: number(one.beside_the_road) }) : number(one.waiting) }))} />
          <Grid caption={t('reports.waiting_at')} rows={items} keyOf={(one) => one.stage} none={t('reports.nothing')} columns={[
            { name: t('cases.stage'), of: (one) => label('stage', one.stage) },
            { name: t('reports.waiting'), of: (one) => number(one.waiting), isFigure: true },
            { name: t('reports.median_waiting'), of: (one) => days(one.median_days_waiting), isFigure: true },
            { name: t('reports.beside'), of: (one) => number(one.beside_the_road), isFigure: true },
            { name: t('reports.passed'), of: (one) => number(one.passed), isFigure: true },
            { name: t('reports.median_passing'), of: (one) => days(one.median_days_to_pass), isFigure: true },
          ]} />
        </>
      )}
    </Report>
  );
}
