// How many of those who were registered in a month came how far.

import { useState } from 'preact/hooks';
import { send } from '../../api/send';
import { sendTable } from '../../api/table';
import { Bars } from '../../charts/bars';
import { get_funnel_csv, get_funnel_report } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { ascii, partialDate, shownDay } from '../../i18n/dates';
import { place, refine } from '../../router';
import { errorAt, errorsOf } from '../../ui/errors';
import { Form, Select, Text } from '../../ui/fields';
import { Grid } from '../../ui/grid';
import { useLoaded } from '../../ui/load';
import { useMissions } from './choices';
import { mission, number, percent } from './figures';
import { Report } from './report';

/** `3/2026` as the API writes it; what is no month goes as it was typed, and is refused with a reason. */
export const month = (typed: string): string => partialDate(typed)?.slice(0, 7) ?? ascii(typed).trim();

export function Funnel() {
  const query = place.value.query;
  const asked = { from: query.get('from') ?? '', to: query.get('to') ?? '', mission_id: query.get('mission_id') ?? '' };
  const [from, setFrom] = useState(asked.from);
  const [to, setTo] = useState(asked.to);
  const missions = useMissions();
  const report = useLoaded(async () => (await send(get_funnel_report, { query: asked })).body, [JSON.stringify(asked)]);
  const errors = errorsOf(report.failure);
  const put = (change: Partial<typeof asked>) => refine('reports/funnel', { ...asked, from: month(from), to: month(to), ...change });
  const filters = (
    <search>
      <Form label={t('cases.filters')} onSubmit={() => put({})}>
        <div class="filters">
          <Text label={t('reports.from')} name="from" value={from} onInput={setFrom} onLeave={() => put({})} error={errorAt(errors, 'from')} hint={t('reports.month_hint')} max={20} />
          <Text label={t('reports.to')} name="to" value={to} onInput={setTo} onLeave={() => put({})} error={errorAt(errors, 'to')} hint={t('reports.month_hint')} max={20} />
          <Select label={t('reports.mission')} name="mission_id" value={asked.mission_id} choices={missions} onChange={(mission_id) => put({ mission_id })} none={t('cases.all')} />
        </div>
        <p class="buttons"><button class="quiet-button">{t('reports.show')}</button></p>
      </Form>
    </search>
  );
  return (
    <Report name="funnel" of={report} csv={() => sendTable(get_funnel_csv, { query: asked })} filters={filters}>
      {({ totals, items }) => {
        const all = totals[0]?.cases ?? 0;
        return (
          <>
            <div class="beside">
              <Bars title={t('reports.reached')} bars={totals.map((one) => ({ name: label('reports.milestone', one.milestone), parts: [one.cases], says: number(one.cases) }))} />
              <Grid caption={t('reports.reached')} rows={totals} keyOf={(one) => one.milestone} none={t('reports.nothing')} columns={[
                { name: t('reports.milestone'), of: (one) => label('reports.milestone', one.milestone) },
                { name: t('reports.cases'), of: (one) => number(one.cases), isFigure: true },
                { name: t('reports.share'), of: (one) => percent(one.cases, all), isFigure: true },
              ]} />
            </div>
            <details>
              <summary>{t('reports.by_mission')}</summary>
              <div class="wide" role="region" tabIndex={0} aria-label={t('reports.by_mission')}>
                <Grid caption={t('reports.by_mission')} rows={items} keyOf={(one) => `${one.month} ${one.mission_id}`} none={t('reports.nothing')} columns={[
                  { name: t('reports.mission'), of: (one) => <bdi dir="auto">{mission(one.mission)}</bdi> },
                  { name: t('reports.month'), of: (one) => shownDay(one.month) },
                  ...totals.map(({ milestone }) => ({ name: label('reports.milestone', milestone), of: (one: S.FunnelRow) => number(one.reached.find((other) => other.milestone === milestone)?.cases), isFigure: true })),
                ]} />
              </div>
            </details>
          </>
        );
      }}
    </Report>
  );
}
