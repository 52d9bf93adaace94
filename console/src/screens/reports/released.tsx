// Released figures: frozen, rounded, and about groups alone, for whoever may not open the cases, and for whoever publishes.

import { useState } from 'preact/hooks';
import { send } from '../../api/send';
import { sendTable } from '../../api/table';
import { get_released_statistics, get_released_statistics_csv, list_statistics_releases } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, t } from '../../i18n';
import { shownDay } from '../../i18n/dates';
import { place, refine } from '../../router';
import { Select } from '../../ui/fields';
import { Grid } from '../../ui/grid';
import { Shown, useLoaded } from '../../ui/load';
import { SaveTable } from '../../ui/save';
import { number, told } from './figures';

const DIMENSIONS = ['nationality', 'gender', 'age_band', 'compound_admin1', 'exit_mode', 'stage', 'mission', 'month', 'quarter', 'year'] as const;
type Dimension = (typeof DIMENSIONS)[number];
const PLACES = ['by1', 'by2', 'by3'] as const;
/** Values with a label; the others say themselves. */
const LABELLED: readonly Dimension[] = ['nationality', 'stage', 'exit_mode'];
const GENDERS: Readonly<Record<string, string>> = { feminine: 'feminine', masculine: 'masculine', transgender_or_non_conforming: 'non_conforming' };

/** Of these one at a time. */
const CALENDAR: readonly Dimension[] = ['month', 'quarter', 'year'];
const goWith = (one: Dimension, others: readonly Dimension[]): boolean => !others.includes(one) && !(CALENDAR.includes(one) && others.some((other) => CALENDAR.includes(other)));

/** The dimensions that an address names, each once; nationality where it names none. */
export function asked(query: URLSearchParams): readonly Dimension[] {
  const named = PLACES.map((at) => query.get(at)).filter((one): one is Dimension => DIMENSIONS.includes(one as Dimension));
  return named.length ? [...new Set(named)] : ['nationality'];
}

function valueOf(dimension: Dimension, value: string | undefined): string {
  if (value === undefined) return '–';
  if (dimension === 'gender') return told('gender', GENDERS[value] ?? value);
  if (dimension === 'age_band') return label('reports.age', value);
  return LABELLED.includes(dimension) ? told(dimension, value) : value;
}

export function Released() {
  const releases = useLoaded(async () => (await send(list_statistics_releases, { query: { limit: 50 } })).body, []);
  return (
    <section aria-labelledby="report">
      <h2 id="report">{t('reports.released')}</h2>
      <p>{t('reports.about.released')}</p>
      <Shown of={releases}>{({ items }) => (items.length ? <Release releases={items} /> : <p role="status">{t('reports.no_release')}</p>)}</Shown>
    </section>
  );
}

function Release({ releases }: { readonly releases: readonly S.StatisticsRelease[] }) {
  const by = asked(place.value.query);
  const [chosen, setChosen] = useState(releases[0]?.number ?? 1);
  const put = (change: Readonly<Record<string, string>>) => refine('reports/released', { ...Object.fromEntries(PLACES.map((at, index) => [at, by[index] ?? ''])), ...change });
  const path = { number: chosen };
  const query = { by: [...by] };
  const counts = useLoaded(async () => (await send(get_released_statistics, { path, query })).body, [chosen, by.join()]);
  const title = by.map((one) => label('reports.dimension', one)).join(', ');
  return (
    <>
      <search>
        <div class="filters">
          <Select label={t('reports.release')} name="release" value={String(chosen)} choices={releases.map((one) => ({ value: String(one.number), text: t('reports.release_of', { number: one.number, day: shownDay(one.made_on) }) }))} onChange={(value) => setChosen(Number(value))} required />
          {PLACES.map((at, index) => (
            <Select key={at} label={t(`reports.${at}`)} name={at} value={by[index] ?? ''} choices={DIMENSIONS.filter((one) => goWith(one, by.filter((_, other) => other !== index))).map((value) => ({ value, text: label('reports.dimension', value) }))} onChange={(value) => put({ [at]: value })} none={t('reports.no_dimension')} />
          ))}
        </div>
      </search>
      <Shown of={counts}>
        {({ items, total, k, suppressed_cells, citation }) => {
          const says = (count: number | null) => (count === null ? t('reports.fewer_than', { k: number(k) }) : number(count));
          return (
            <>
              <p><strong>{t('reports.released_total', { count: says(total) })}</strong></p>
              <p>{t('reports.released_note', { k: number(k), held: number(suppressed_cells) })}</p>
              <Grid caption={title} rows={items} keyOf={(one) => by.map((dimension) => one[dimension] ?? '').join('|')} none={t('reports.nothing')} columns={[
                ...by.map((dimension) => ({ name: label('reports.dimension', dimension), of: (one: S.ReleasedCount) => <bdi dir="auto">{valueOf(dimension, one[dimension])}</bdi> })),
                { name: t('reports.cases'), of: (one) => says(one.count), isFigure: true },
              ]} />
              <p class="quiet"><bdi dir="ltr">{citation}</bdi></p>
              <SaveTable label={t('reports.csv')} name={`released-${chosen}.csv`} load={() => sendTable(get_released_statistics_csv, { path, query })} />
            </>
          );
        }}
      </Shown>
    </>
  );
}
