// The outlines of the map, projected when building: src/generated/outlines.json. From Natural Earth at 1:50 million (public domain), as
// world-atlas packs it. Boundaries are no statement on status.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { geoArea, geoCentroid, geoMercator, geoPath } from 'd3-geo';
import { feature } from 'topojson-client';

const WIDTH = 400;
/** What is shown: from the delta of the Ganges to the South China Sea, from Yunnan to the Malay peninsula. */
const [WEST, SOUTH, EAST, NORTH] = [91, 5, 111, 29];
/** The countries in which people are stranded are named; those around them give them their shape. */
const NAMED = { 104: 'MMR', 116: 'KHM', 418: 'LAO', 704: 'VNM', 764: 'THA' };

const world = JSON.parse(readFileSync(new URL('node_modules/world-atlas/countries-50m.json', import.meta.url), 'utf8'));
const { features } = feature(world, world.objects.countries);

const radians = Math.PI / 180;
const scale = WIDTH / ((EAST - WEST) * radians);
const rise = (latitude) => Math.log(Math.tan(Math.PI / 4 + (latitude * radians) / 2));
const height = Math.ceil((rise(NORTH) - rise(SOUTH)) * scale);
const projection = geoMercator().scale(scale).translate([-WEST * radians * scale, rise(NORTH) * scale]).clipExtent([[0, 0], [WIDTH, height]]);
/** Points are whole numbers of as many parts: neighbours round alike, so that no gap opens between them. */
const PARTS = 2;
/** Islands that would be smaller than a dot are left out. */
const SMALLEST = 3 * PARTS * PARTS;

/** A shape in as few letters as may be: each point by its way from the one before. */
function path(country) {
  const rings = [];
  const context = {
    moveTo: (x, y) => rings.push([[x, y]]),
    lineTo: (x, y) => rings.at(-1).push([x, y]),
    closePath: () => undefined,
    arc: () => undefined,
  };
  geoPath(projection, context)(country);
  return rings.map(written).join('');
}

function written(ring) {
  const points = ring.map((point) => point.map((one) => Math.round(one * PARTS))).filter(([x, y], at, all) => at === 0 || x !== all[at - 1][0] || y !== all[at - 1][1]);
  const area = Math.abs(points.reduce((sum, [x, y], at) => sum + x * points[(at + 1) % points.length][1] - points[(at + 1) % points.length][0] * y, 0)) / 2;
  if (points.length < 3 || area < SMALLEST) return '';
  const [[x, y], ...others] = points;
  const ways = others.map((point, at) => [point[0] - points[at][0], point[1] - points[at][1]]);
  return `M${x} ${y}l${ways.map(([right, down]) => `${right}${down < 0 ? '' : ' '}${down}`).join(' ')}z`.replaceAll(' -', '-');
}

/** Where the name stands: in the middle of the largest part, for some have islands far away. */
function middle(country) {
  const parts = country.geometry.type === 'MultiPolygon' ? country.geometry.coordinates.map((coordinates) => ({ type: 'Polygon', coordinates })) : [country.geometry];
  const [largest] = [...parts].sort((one, other) => geoArea(other) - geoArea(one));
  return projection(geoCentroid(largest)).map(Math.round);
}

const outlines = features
  .map((one) => ({ code: NAMED[Number(one.id)] ?? null, path: path(one), one }))
  .filter((drawn) => drawn.path)
  .map(({ code, path: drawn, one }) => (code ? { code, path: drawn, at: middle(one) } : { code, path: drawn }));
const missing = Object.values(NAMED).filter((code) => !outlines.some((one) => one.code === code));
if (missing.length) throw new Error(`no outline of ${missing.join(', ')}`);

const out = new URL('src/generated/', import.meta.url);
mkdirSync(out, { recursive: true });
writeFileSync(new URL('outlines.json', out), JSON.stringify({ width: WIDTH, height, west: WEST, north: NORTH, scale, parts: PARTS, outlines }));
