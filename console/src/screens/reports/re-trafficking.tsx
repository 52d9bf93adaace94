// People who were exploited again after they had come home.

import { send } from '../../api/send';
import { sendTable } from '../../api/table';
import { Bars } from '../../charts/bars';
import { get_re_trafficking_csv, get_re_trafficking_report } from '../../generated/operations';
import { t } from '../../i18n';
import { country } from '../../i18n/countries';
import { Grid } from '../../ui/grid';
import { useLoaded } from '../../ui/load';
import { days, number } from './figures';
import { Report } from './report';

export function ReTrafficking() {
  const report = useLoaded(async () => (await send(get_re_trafficking_report)).body, []);
  return (
    <Report name="re-trafficking" of={report} csv={() => sendTable(get_re_trafficking_csv)}>
      {({ items }) => (
        <div class="beside">
          <Bars title={t('reports.persons')} bars={items.map((one) => ({ name: t('reports.chain', { count: one.chain_length, nationality: country(one.nationality) }), parts: [one.persons], says: number(one.persons) }))} />
          <Grid caption={t('reports.chains')} rows={items} keyOf={(one) => `${one.chain_length} ${one.nationality}`} none={t('reports.no_chain')} columns={[
            { name: t('cases.nationality'), of: (one) => (one.nationality ? country(one.nationality) : t('reports.not_known')) },
            { name: t('reports.chain_length'), of: (one) => number(one.chain_length), isFigure: true },
            { name: t('reports.persons'), of: (one) => number(one.persons), isFigure: true },
            { name: t('reports.median_between'), of: (one) => days(one.median_days_between), isFigure: true },
          ]} />
        </div>
      )}
    </Report>
  );
}
