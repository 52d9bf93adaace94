// When nobody waits any more, if it goes on as it went lately. A forecast is shown with how it was made, and never without.

import { send } from '../../api/send';
import { sendTable } from '../../api/table';
import { Decline } from '../../charts/decline';
import { get_forecast_csv, get_forecast_report } from '../../generated/operations';
import { t } from '../../i18n';
import { shownDay } from '../../i18n/dates';
import { useLoaded } from '../../ui/load';
import { amount, days, number } from './figures';
import { Report } from './report';

export function Forecast() {
  const report = useLoaded(async () => (await send(get_forecast_report)).body, []);
  return (
    <Report name="forecast" of={report} csv={() => sendTable(get_forecast_csv)}>
      {(one) => (
        <>
          {one.expected_on ? (
            <Decline title={t('reports.waiting')} from={t('reports.today', { count: one.backlog })} to={shownDay(one.expected_on)} />
          ) : (
            <p><strong>{one.backlog === 0 ? t('reports.nobody_waits') : t('reports.no_saying', { days: one.pace_days })}</strong></p>
          )}
          <dl class="facts">
            <dt>{t('reports.waiting')}</dt>
            <dd>{number(one.backlog)}</dd>
            <dt>{t('reports.departures', { days: one.pace_days })}</dt>
            <dd>{number(one.departures)}</dd>
            <dt>{t('reports.pace')}</dt>
            <dd>{amount(one.departures_a_day, null)}</dd>
            <dt>{t('reports.to_clear')}</dt>
            <dd>{days(one.days_to_clear)}</dd>
            <dt>{t('reports.expected')}</dt>
            <dd>{shownDay(one.expected_on)}</dd>
          </dl>
          <p class="quiet">{one.assumption}</p>
        </>
      )}
    </Report>
  );
}
