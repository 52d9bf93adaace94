// People who were counted in public against people who are registered. A difference is only as exact as the published figure.

import { send } from '../../api/send';
import { sendTable } from '../../api/table';
import { Bars } from '../../charts/bars';
import { get_reconciliation_csv, get_reconciliation_report } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, sentence, t } from '../../i18n';
import { country } from '../../i18n/countries';
import { shownDay } from '../../i18n/dates';
import { place, refine } from '../../router';
import { Select } from '../../ui/fields';
import { Grid } from '../../ui/grid';
import { useLoaded } from '../../ui/load';
import { useOperations } from './choices';
import { number } from './figures';
import { Report } from './report';

/** A published figure, with how it was stated where that is not exact. */
const stated = (figure: number | null, qualifier: S.QualifierCode | null): string => (figure === null ? t('reports.no_figure') : qualifier === 'exact' ? number(figure) : `${label('reports.qualifier', qualifier)} ${number(figure)}`);
const published = (one: S.Unaccounted): string => stated(one.published, one.qualifier);

/** What was published against itself. */
export const ofTheParts = (one: S.Reconciliation): string => sentence('reports.sum', one.status, one.message, { sum: number(one.sum_of_parts), total: stated(one.stated_total, one.stated_qualifier) });

const columns = <Row,>(figures: (row: Row) => S.Unaccounted) => [
  { name: t('reports.published'), of: (row: Row) => published(figures(row)), isFigure: true },
  { name: t('reports.registered'), of: (row: Row) => number(figures(row).registered), isFigure: true },
  { name: t('reports.unaccounted'), of: (row: Row) => number(figures(row).unaccounted), isFigure: true },
  { name: t('reports.surplus'), of: (row: Row) => number(figures(row).surplus), isFigure: true },
];

export function Reconciliation() {
  const operation_id = place.value.query.get('operation_id') ?? '';
  const operations = useOperations();
  const report = useLoaded(async () => (await send(get_reconciliation_report, { query: { operation_id } })).body, [operation_id]);
  const filters = (
    <search class="filters">
      <Select label={t('reports.operation')} name="operation_id" value={operation_id} choices={operations} onChange={(value) => refine('reports/reconciliation', { operation_id: value })} none={t('cases.all')} />
    </search>
  );
  return (
    <Report name="reconciliation" of={report} csv={() => sendTable(get_reconciliation_csv, { query: { operation_id } })} filters={filters}>
      {({ items }) => (
        <>
          <Bars title={t('reports.counted')} legend={[t('reports.registered'), t('reports.unaccounted')]} bars={items.map((one) => ({ name: one.operation, parts: [one.reconciliation.total.registered, one.reconciliation.total.unaccounted ?? 0], says: t('reports.of_published', { registered: number(one.reconciliation.total.registered), published: published(one.reconciliation.total) }) }))} />
          <Grid caption={t('reports.counted')} rows={items} keyOf={(one) => one.operation_id} none={t('reports.nothing')} columns={[
            { name: t('reports.operation'), of: (one) => <>{one.part_of ? '↳ ' : ''}<bdi dir="auto">{one.operation}</bdi></> },
            { name: t('reports.where'), of: (one) => country(one.country) },
            { name: t('reports.began'), of: (one) => shownDay(one.started_on) },
            ...columns<S.ReconciliationRow>((one) => one.reconciliation.total),
          ]} />
          {items.map((one) => (
            <details key={one.operation_id}>
              <summary dir="auto">{one.operation}</summary>
              {one.reconciliation.total.published === null || one.reconciliation.total.is_exact ? null : <p>{t('reports.inexact')}</p>}
              <p>{ofTheParts(one.reconciliation.published)}</p>
              <Grid caption={t('cases.nationality')} rows={one.reconciliation.nationalities} keyOf={(row) => row.nationality ?? ''} none={t('reports.nothing')} columns={[
                { name: t('cases.nationality'), of: (row) => (row.nationality ? country(row.nationality) : t('reports.not_known')) },
                ...columns<S.NationalityCount>((row) => row.figures),
              ]} />
            </details>
          ))}
        </>
      )}
    </Report>
  );
}
