// What reports, the map, administration and the audit trail compute themselves.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { geoMercator } from 'd3-geo';
import { bundled } from './bundled.mjs';

const { bars, figures, ageing, fines, statistics, month, map, user, client, roles, exporting, filter, factor, passwords, setup, outlines } = await bundled(
  `export * as bars from './src/charts/bars'; export * as figures from './src/screens/reports/figures'; export * as ageing from './src/screens/reports/ageing'; export * as fines from './src/screens/reports/fines';
  export * as statistics from './src/screens/reports/statistics'; export { month } from './src/screens/reports/funnel'; export * as map from './src/map/project'; export * as user from './src/screens/admin/user-form';
  export * as client from './src/screens/admin/client-form'; export { rolesAt as roles } from './src/screens/admin/new-user'; export * as exporting from './src/screens/audit/exports'; export * as filter from './src/screens/audit/filter';
  export * as factor from './src/screens/account/factor'; export * as passwords from './src/screens/new-password'; export { pointsOf as outlines, numbered as setup } from './src/screens/map/map';`,
);

test('bars share one measure, and their parts stand one behind the other', () => {
  assert.deepEqual(bars.segments([10, 30], 80), [{ from: 0, width: 12.5 }, { from: 12.5, width: 37.5 }]);
  assert.deepEqual(bars.segments([0], 0), [{ from: 0, width: 0 }], 'nothing is drawn to nothing');
});

test('an amount keeps every digit that the API wrote', () => {
  assert.equal(figures.amount('3650.00', 'USD'), '3,650.00 USD');
  assert.equal(figures.amount('12345678901234567890.1234', null), '12,345,678,901,234,567,890.1234');
  assert.equal(figures.amount('0', 'KHR'), '0 KHR');
});

test('shares of nothing are not known, and missing figures are no zero', () => {
  assert.deepEqual([figures.percent(1, 4), figures.percent(0, 0), figures.number(null), figures.number(0)], ['25%', '–', '–', '0']);
});

test('bands are summed over missions, and currencies are never mixed', () => {
  const rows = [{ bands: [{ days: '0-7', cases: 2 }, { days: 'over_90', cases: 1 }] }, { bands: [{ days: '0-7', cases: 3 }, { days: 'over_90', cases: 0 }] }];
  assert.deepEqual(ageing.bandsOf(rows), [['0-7', 5], ['over_90', 1]]);
  const row = (currency, assessed) => ({ currency, sums: { assessed } });
  assert.deepEqual([...fines.measures([row('USD', '100.00'), row('KHR', '400000.00'), row('USD', '250.50')])], [['USD', 250.5], ['KHR', 400000]]);
});

test('a dimension is counted once, and what is none is not sent', () => {
  assert.deepEqual(statistics.chosen(new URLSearchParams('by1=stage&by2=stage&by3=name')), ['stage']);
  assert.deepEqual(statistics.chosen(new URLSearchParams()), ['nationality']);
  assert.deepEqual(['3/2026', '២០២៦-០៣', '2569', 'spring', ''].map(month), ['2026-03', '2026-03', '2026', 'spring', '']);
});

test('a place is where the outlines have it, and marks that would cover each other are one', () => {
  const frame = { width: 400, height: 507, west: 91, north: 29, scale: 1145.9155902616465 };
  assert.deepEqual(map.project(frame, 91, 29).map(Math.round), [0, 0]);
  assert.equal(map.project(frame, 120, 14), null, 'outside');
  // The library that projected the outlines says the same.
  const drawn = geoMercator().scale(frame.scale).translate([0, 0])([104.9, 11.55]).map((one, at) => one - geoMercator().scale(frame.scale).translate([0, 0])([91, 29])[at]);
  map.project(frame, 104.9, 11.55).forEach((one, at) => assert.ok(Math.abs(one - drawn[at]) < 0.01, `Phnom Penh at ${one}, not ${drawn[at]}`));
  assert.deepEqual(map.clusters([{ number: 1, at: [0, 0] }, { number: 2, at: [3, 4] }, { number: 3, at: [50, 0] }], 6).map((one) => one.numbers), [[1, 2], [3]]);
  assert.deepEqual([[1, 2], [4, 5, 6, 7]].map(map.written), ['1, 2', '4 +3']);
  const all = setup([{ id: 'a', latitude: null, longitude: null }, { id: 'b', latitude: 11.5, longitude: 104.9 }, { id: 'c', latitude: 0, longitude: 0 }]);
  assert.deepEqual(all.map((one) => [one.number, one.compound.id]), [[1, 'b'], [2, 'c'], [3, 'a']]);
  assert.deepEqual(outlines(all).map((one) => one.number), [1], 'the equator is not on this map, and a place without coordinates is nowhere');
});

test('of a user only what was touched is sent, and roles are those of the kind of organisation', () => {
  const base = user.flat({ display_name: 'ស៊ុន សុខា', role: 'ngo_caseworker', data_protection: false, disabled_at: null });
  assert.deepEqual(user.patchOf(base, base), {});
  assert.deepEqual(user.patchOf(base, { ...base, disabled: 'yes', display_name: ' 林雅婷 ' }), { display_name: '林雅婷', disabled: true });
  assert.deepEqual(roles({ kind: 'diplomatic_mission', coordinates: null }), ['administrator', 'embassy_officer', 'embassy_supervisor', 'analyst', 'auditor']);
  assert.deepEqual(roles({ kind: 'ngo', coordinates: null }), ['administrator', 'ngo_caseworker', 'ngo_supervisor', 'analyst', 'auditor']);
  assert.ok(roles({ kind: 'central_government_organisation', coordinates: 'KHM' }).includes('coordinator'));
});

test('a machine client is made without what is decided later, and changed by what was touched', () => {
  const typed = { name: ' Intake ', scopes: 'case:read case:register', allowed_from: '203.0.113.7\n203.0.113.0/24', disabled: 'no' };
  assert.deepEqual(client.clientBody(typed, null), { name: 'Intake', scopes: ['case:read', 'case:register'], allowed_from: ['203.0.113.7', '203.0.113.0/24'] });
  assert.deepEqual(client.clientBody({ ...typed, allowed_from: '' }, typed), { allowed_from: [] });
});

test('an export is of exactly what was asked, and a filter that is no moment goes as it was typed', () => {
  const typed = { from: '2026-11-30T00:00', to: '2026-12-01T00:00', reason: 'x', operation: ' login ', code: '', caller_id: '', organisation_id: '', case_id: '' };
  assert.deepEqual(exporting.parametersOf(typed), { from: new Date('2026-11-30T00:00').toISOString(), to: new Date('2026-12-01T00:00').toISOString(), operation: 'login' });
  assert.deepEqual(Object.keys(exporting.parametersOf({ ...typed, from: '' })), ['from', 'to', 'operation'], 'what is missing is refused at its field');
  assert.equal(filter.instant('yesterday'), 'yesterday');
  assert.deepEqual(filter.asked(filter.filterOf(new URLSearchParams('decision=refused&nothing=1'))), { decision: 'refused' });
});

test('a key is typed in groups of four, and two passwords that differ are refused before they are sent', () => {
  assert.equal(factor.grouped('GEZDGNBVGY3T'), 'GEZD GNBV GY3T');
  assert.equal(passwords.agreed({ first: 'a', second: 'a' }), 'a');
  assert.throws(() => passwords.agreed({ first: 'a', second: 'b' }), (why) => why.problem.errors[0].pointer === '/repeated');
});
