// Where compounds are known, and where operations were. Compounds have coordinates, to about a kilometre; operations have a country.

import { send } from '../../api/send';
import { whole } from '../../api/whole';
import { COMPOUND_STATUSES } from '../../forms/codes';
import { list_compounds, list_operations } from '../../generated/operations';
import type { S } from '../../generated/schema';
import { label, labelled, t } from '../../i18n';
import { country } from '../../i18n/countries';
import { shownDay } from '../../i18n/dates';
import { Outlines, frame } from '../../map/map';
import { project } from '../../map/project';
import type { Point } from '../../map/project';
import { place, refine } from '../../router';
import { Select } from '../../ui/fields';
import { Grid } from '../../ui/grid';
import { Shown, useLoaded } from '../../ui/load';

const COUNTRIES: readonly S.Country[] = ['KHM', 'LAO', 'MMR', 'THA', 'VNM'];

interface Numbered {
  readonly number: number;
  readonly compound: S.Compound;
}

/** Compounds with the numbers that they have on the map and in the list: those that can be drawn come first. */
export function numbered(compounds: readonly S.Compound[]): readonly Numbered[] {
  const isDrawn = (one: S.Compound) => one.latitude !== null && one.longitude !== null;
  return [...compounds.filter(isDrawn), ...compounds.filter((one) => !isDrawn(one))].map((compound, index) => ({ number: index + 1, compound }));
}

export function pointsOf(all: readonly Numbered[]): readonly Point[] {
  return all.flatMap(({ number, compound: { longitude, latitude } }) => {
    const at = longitude === null || latitude === null ? null : project(frame, longitude, latitude);
    return at ? [{ number, at }] : [];
  });
}

export function Places() {
  const query = place.value.query;
  const filter = { country: query.get('country') ?? '', status: query.get('status') ?? '' };
  const put = (change: Partial<typeof filter>) => refine('map', { ...filter, ...change });
  const known = useLoaded(async () => {
    const asked = filter as object;
    const [compounds, operations] = await Promise.all([
      whole(async (after) => (await send(list_compounds, { query: { ...asked, limit: 200, after } })).body),
      whole(async (after) => (await send(list_operations, { query: { country: filter.country as S.Country, limit: 200, after } })).body),
    ]);
    return { compounds: numbered(compounds), operations };
  }, [JSON.stringify(filter)]);
  return (
    <>
      <h1 tabIndex={-1}>{t('nav.map')}</h1>
      <search class="filters">
        <Select label={t('admin.country')} name="country" value={filter.country} choices={COUNTRIES.map((value) => ({ value, text: country(value) }))} onChange={(value) => put({ country: value })} none={t('admin.all')} />
        <Select label={t('admin.status')} name="status" value={filter.status} choices={labelled('admin.compound_status', COMPOUND_STATUSES)} onChange={(status) => put({ status })} none={t('admin.all')} />
      </search>
      <Shown of={known}>
        {({ compounds, operations }) => {
          const points = pointsOf(compounds);
          const drawn = new Set(points.map((one) => one.number));
          const count = (code: string) => operations.filter((one) => one.country === code).length;
          return (
            <>
              <p>{t('map.drawn', { drawn: points.length, all: compounds.length })}</p>
              <div class="beside">
                <Outlines title={t('map.boundaries')} nameOf={country} noteOf={(code) => (count(code) ? t('map.operations_there', { count: count(code) }) : '')} points={points} />
                <div>
                  <Grid caption={t('admin.compounds')} rows={compounds} keyOf={({ compound }) => compound.id} none={t('map.none')} columns={[
                    { name: t('admin.name'), of: ({ number, compound }) => <>{number}. <bdi dir="auto">{compound.name}</bdi></> },
                    { name: t('admin.where'), of: ({ compound }) => <bdi dir="auto">{[compound.city, compound.province, country(compound.country)].filter(Boolean).join(', ')}</bdi> },
                    { name: t('admin.status'), of: ({ compound }) => label('admin.compound_status', compound.status) },
                    { name: t('map.coordinates'), of: ({ number, compound }) => (compound.latitude === null ? t('map.unknown') : `${compound.latitude.toFixed(2)}, ${(compound.longitude ?? 0).toFixed(2)}${drawn.has(number) ? '' : ` (${t('map.outside')})`}`) },
                  ]} />
                  <Grid caption={t('admin.operations')} rows={operations} keyOf={(one) => one.id} none={t('map.none')} columns={[
                    { name: t('admin.name'), of: (one) => <bdi dir="auto">{one.name}</bdi> },
                    { name: t('admin.where'), of: (one) => <bdi dir="auto">{[...one.localities, country(one.country)].join(', ')}</bdi> },
                    { name: t('admin.kind'), of: (one) => label('admin.operation_kind', one.kind) },
                    { name: t('admin.began'), of: (one) => shownDay(one.started_on) },
                  ]} />
                </div>
              </div>
            </>
          );
        }}
      </Shown>
    </>
  );
}
