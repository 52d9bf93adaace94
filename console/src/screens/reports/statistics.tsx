// Cases counted by up to three of their facts, among those that the filters leave. Everything that was chosen is in the address, as codes.

import { send } from '../../api/send';
import { sendTable } from '../../api/table';
import { Bars } from '../../charts/bars';
import { get_case_statistics, get_case_statistics_csv } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { countries } from '../../i18n/countries';
import type { Choice } from '../../i18n/countries';
import { today } from '../../i18n/dates';
import { place, refine } from '../../router';
import { Select } from '../../ui/fields';
import { Grid } from '../../ui/grid';
import { Shown, useLoaded } from '../../ui/load';
import { SaveTable } from '../../ui/save';
import { useCompounds, useOperations } from './choices';
import { number, percent, told } from './figures';

const DIMENSIONS = ['nationality', 'stage', 'side_state', 'status', 'gender', 'is_child', 'risk_level', 'host_country', 'intake_channel', 'exit_mode', 'trafficking_status', 'closure_reason'] as const;
type Dimension = (typeof DIMENSIONS)[number];
const PLACES = ['by1', 'by2', 'by3'] as const;
const FILTERS = ['nationality', 'stage', 'side_state', 'status', 'gender', 'is_child', 'host_country', 'compound', 'operation'] as const;
/** How many rows are drawn: the rest stand in the table. */
const DRAWN = 20;

const CODES: Partial<Record<(typeof FILTERS)[number], readonly string[]>> = {
  stage: ['registered', 'screened', 'mission_contacted', 'nationality_verified', 'clearing', 'departure_scheduled', 'departed', 'arrived', 'reintegration', 'completed'] satisfies readonly S.Stage[],
  side_state: ['on_hold', 'contact_declined', 'nationality_not_confirmed', 'lost_contact', 'withdrawn', 'protection_pathway', 'removed_by_force', 're_trafficked', 'deceased'] satisfies readonly S.SideState[],
  status: ['active', 'follow_up', 'closed', 'closed_referred'] satisfies readonly S.CaseStatus[],
  gender: ['feminine', 'masculine', 'transgender_feminine', 'transgender_masculine', 'non_conforming', 'non_specified_unknown'] satisfies readonly S.Gender[],
  is_child: ['true', 'false'],
};

/** The dimensions that an address names, each once; nationality where it names none. */
export function chosen(query: URLSearchParams): readonly Dimension[] {
  const asked = PLACES.map((at) => query.get(at)).filter((one): one is Dimension => DIMENSIONS.includes(one as Dimension));
  return asked.length ? [...new Set(asked)] : ['nationality'];
}

export function Statistics() {
  const query = place.value.query;
  const by = chosen(query);
  const filter = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ''])) as Record<(typeof FILTERS)[number], string>;
  const asked = { by, ...Object.fromEntries(Object.entries(filter).filter(([, value]) => value)) } as typeof get_case_statistics extends { '~types'?: [unknown, infer Query, unknown, unknown] } ? Query : never;
  const put = (change: Readonly<Record<string, string>>) => refine('reports/statistics', { ...Object.fromEntries(PLACES.map((at, index) => [at, by[index] ?? ''])), ...filter, ...change });
  const counts = useLoaded(async () => (await send(get_case_statistics, { query: asked })).body, [JSON.stringify(asked)]);
  const sets: Partial<Record<(typeof FILTERS)[number], readonly Choice[]>> = { nationality: countries(true), host_country: countries(), compound: useCompounds(), operation: useOperations() };
  const choicesOf = (name: (typeof FILTERS)[number]): readonly Choice[] => sets[name] ?? (CODES[name] ?? []).map((value) => ({ value, text: told(name, value) }));
  return (
    <section aria-labelledby="report">
      <h2 id="report">{t('reports.statistics')}</h2>
      <p>{t('reports.about.statistics')}</p>
      <search>
        <fieldset>
          <legend>{t('reports.by')}</legend>
          <div class="filters">
            {PLACES.map((at, index) => (
              <Select key={at} label={t(`reports.${at}`)} name={at} value={by[index] ?? ''} choices={DIMENSIONS.filter((one) => one === by[index] || !by.includes(one)).map((value) => ({ value, text: label('reports.dimension', value) }))} onChange={(value) => put({ [at]: value })} none={t('reports.no_dimension')} />
            ))}
          </div>
        </fieldset>
        <details open={FILTERS.some((name) => filter[name])}>
          <summary>{t('reports.only')}</summary>
          <div class="filters">
            {FILTERS.map((name) => (
              <Select key={name} label={label('reports.dimension', name)} name={name} value={filter[name]} choices={choicesOf(name)} onChange={(value) => put({ [name]: value })} none={t('cases.all')} />
            ))}
          </div>
        </details>
      </search>
      <Shown of={counts}>
        {({ items, total }) => {
          const nameOf = (one: S.CaseCount) => by.map((dimension) => told(dimension, one[dimension])).join(', ');
          const title = by.map((one) => label('reports.dimension', one)).join(', ');
          return (
            <>
              <p><strong>{t('reports.total', { count: total })}</strong></p>
              <div class="beside">
                <Bars title={items.length > DRAWN ? t('reports.first_rows', { title, count: DRAWN }) : title} bars={items.slice(0, DRAWN).map((one) => ({ name: nameOf(one), parts: [one.count], says: number(one.count) }))} />
                <Grid caption={title} rows={items} keyOf={(one) => by.map((dimension) => one[dimension] ?? '').join('|')} none={t('reports.nothing')} columns={[
                  ...by.map((dimension) => ({ name: label('reports.dimension', dimension), of: (one: S.CaseCount) => told(dimension, one[dimension]) })),
                  { name: t('reports.cases'), of: (one) => number(one.count), isFigure: true },
                  { name: t('reports.share'), of: (one) => percent(one.count, total), isFigure: true },
                ]} />
              </div>
              <SaveTable label={t('reports.csv')} name={`statistics-${today()}.csv`} load={() => sendTable(get_case_statistics_csv, { query: asked })} />
            </>
          );
        }}
      </Shown>
    </section>
  );
}
