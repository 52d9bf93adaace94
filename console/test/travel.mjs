// Journeys, what becomes of those on board, and what is said of waivers.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bundled } from './bundled.mjs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const { schemas } = JSON.parse(read('../../openapi/openapi.json')).components;
const { batches, steps, apart, outcomes, many, requests, answers, values, merging, Refused } = await bundled(
  `export * as apart from './src/screens/steps'; export * as batches from './src/screens/travel/batch-fields'; export * as steps from './src/screens/travel/step'; export * as outcomes from './src/screens/travel/outcomes'; export * as many from './src/screens/pick-many';
   export * as requests from './src/screens/waivers/new-request'; export * as answers from './src/screens/waivers/answer-body'; export * as values from './src/forms/values'; export * as merging from './src/forms/merge'; export { Refused } from './src/api/problem';`,
);

test('everything that a journey is made of is asked for, by every code', () => {
  const names = Object.keys(schemas.CreateMovementBatch.properties).sort();
  assert.deepEqual(batches.FIELDS.map((one) => one.name).sort(), names);
  assert.deepEqual([...batches.MODES].sort(), [...schemas.MovementMode.enum].sort());
  assert.deepEqual([...batches.FUNDERS].sort(), [...schemas.FundingSource.enum].sort());
});

test('the steps that are offered are those that the server allows', () => {
  const source = read('../../src/domain/repatriation/movement_batch.rs');
  const allows = source.slice(source.indexOf('pub fn allows'), source.indexOf('/// The movement of somebody'));
  const words = (text) => [...text.matchAll(/MovementStatus::(\w+)/g)].map(([, name]) => name.toLowerCase());
  const rules = [...allows.matchAll(/BatchStep::(\w+) => (.*),/g)].map(([, step, on]) => [step.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase(), words(on)]);
  assert.deepEqual(rules.map(([step]) => step).sort(), [...schemas.BatchStep.enum].sort());
  for (const status of schemas.MovementStatus.enum) {
    assert.deepEqual([...batches.stepsOf(status)].sort(), rules.filter(([, on]) => on.includes(status)).map(([step]) => step).sort(), status);
    assert.ok(batches.statuses(status).every((one) => schemas.MovementStatus.enum.includes(one) && !['departed', 'arrived'].includes(one)), 'nobody departs by a word');
  }
  assert.deepEqual(batches.statuses(null), ['planned', 'booked']);
});

test('a journey is changed by what was touched, and a new one typed on another day is taken up whole', () => {
  const batch = { name: 'Charter', mode: 'bus', status: 'planned', departs_at: '2026-12-02T08:00:30.000Z', arrives_at: '2026-12-02T12:00:00.000Z', capacity: 30, carrier: null, origin: 'Poipet' };
  const before = values.valuesOf(batches.FIELDS, batch);
  assert.equal(values.patchOf(batches.FIELDS, before, before), undefined);
  assert.deepEqual(values.patchOf(batches.FIELDS, before, { ...before, capacity: '៤០', origin: '' }), { capacity: 40, origin: null });
  const fresh = values.flatten(batches.FIELDS, { status: 'planned' });
  const taken = merging.takeUp({ base: fresh, etag: '', mine: { ...fresh, name: 'កូនឡាន' } }, fresh, '');
  assert.deepEqual([taken.mine.name, taken.mine.status, taken.merged], ['កូនឡាន', 'planned', null]);
});

test('a step says what belongs to it and nothing else', () => {
  const all = { departed: '2026-12-02T08:10', arrived: '៣.១២.២០២៦', country: 'IDN', port: ' CGK ', receiver: 'Dinas Sosial' };
  assert.deepEqual(steps.bodyOf('departure_scheduled', all), { to: 'departure_scheduled' });
  assert.deepEqual(steps.bodyOf('departed', { ...all, departed: '' }), { to: 'departed' }, 'now');
  assert.deepEqual(steps.bodyOf('departed', all), { to: 'departed', departed_at: new Date('2026-12-02T08:10').toISOString() });
  assert.deepEqual(steps.bodyOf('arrived', all), { to: 'arrived', arrived_on: '2026-12-03', country: 'IDN', port: 'CGK', received_by: 'Dinas Sosial' });
  assert.deepEqual(steps.bodyOf('arrived', { ...all, country: '', arrived: 'soon' }), { to: 'arrived', arrived_on: 'soon', port: 'CGK', received_by: 'Dinas Sosial' });
});

test('nobody of those on board is without a line', () => {
  const one = (case_id, moved, unmet = []) => ({ case_id, case_code: case_id, moved, stage: 'clearing', unmet });
  const passengers = [one('a', true), one('b', false, [{ guard: 'x' }]), one('c', false)];
  const parted = outcomes.parted({ passengers });
  assert.deepEqual(Object.values(parted).map((all) => all.map((other) => other.case_id)), [['b'], ['a'], ['c']]);
});

test('who is not shared any more is in no list of what became of whom', () => {
  const line = (case_id) => ({ case_id, case_code: case_id, moved: true, stage: 'departed', unmet: [] });
  const outcome = { to: 'departed', names: { a: 'Amina', b: '林雅婷' }, result: { passengers: [line('a'), line('b')], left_without: [{ passenger_case_id: 'a', case_id: 'c' }, { passenger_case_id: 'b', case_id: 'd' }] } };
  const kept = outcomes.without(outcome, 'a');
  assert.deepEqual([kept.names, kept.result.passengers.length, kept.result.left_without.map((one) => one.case_id)], [{ b: '林雅婷' }, 1, ['d']]);
});

test('who is refused is told at their place in what was sent', () => {
  const refused = new Refused(422, { code: 'validation_failed', errors: [{ pointer: '/case_ids/2', code: 'no_such_code_here', message: 'there is no seat left' }] }, 0);
  assert.deepEqual(many.wrongOf(refused, 3), [undefined, undefined, 'there is no seat left']);
  assert.deepEqual(many.wrongOf(null, 1), [undefined]);
});

test('a part in a hundred is read in any digits, and what was not said is not sent', () => {
  for (const [typed, read_] of [['80', '80'], [' 80 %', '80'], ['៨០', '80'], ['33,5', '33.5'], ['080', '80'], ['0.5', '0.5'], ['٨٠٪', '80'], ['lots', 'lots'], ['', '']]) assert.equal(requests.percentOf(typed), read_, typed);
  assert.deepEqual(requests.bodyOf({ reference: 'NV 1', addressee: ' ', sent: '1.12.2026', percent: '', reason: '' }), { reference: 'NV 1', sent_on: '2026-12-01' });
  const settles = schemas.WaiverReason.enum.filter((one) => !requests.REASONS.includes(one));
  assert.deepEqual(settles.sort(), ['deportation_without_payment', 'served_in_detention']);
});

test('only what the authority answered is recorded', () => {
  const open = ['a', 'b', 'c'].map((case_id) => ({ case_id }));
  const said = { day: '1.12.2026', reference: ' ', members: { a: { status: 'granted', percent: '៥០ %' }, b: { status: '', percent: '80' }, c: { status: 'refused', percent: '80' }, gone: { status: 'refused', percent: '' } } };
  assert.deepEqual(answers.answersOf(open, said).answers, [{ case_id: 'a', status: 'granted', answered_on: '2026-12-01', granted_percent: '50' }, { case_id: 'c', status: 'refused', answered_on: '2026-12-01' }]);
  assert.deepEqual(answers.answersOf(open, answers.NOTHING).answers, []);
  assert.ok(!('answered_on' in answers.answersOf(open, { ...said, day: '' }).answers[0]), 'the API asks for the day');
  const crowd = Array.from({ length: 250 }, (_, at) => ({ case_id: String(at) }));
  assert.equal(answers.answersOf(crowd, { ...said, members: Object.fromEntries(crowd.map((one) => [one.case_id, { status: 'refused', percent: '' }])) }).answers.length, 200);
});

test('who belongs to the person and is not with them stands before the next step, with the way to their case', () => {
  const child = { relation_id: 'r', case_id: 'c', code: 'KHM-26-1', relation: 'child', is_child: true, stage: 'clearing', side_state: 'on_hold', apart: 'on_hold', separation_reason: 'Fever' };
  /** What is drawn, as a flat list of elements and texts. */
  const flat = (node) => (Array.isArray(node) ? node.flatMap(flat) : node && typeof node === 'object' ? [node, ...flat(node.props.children)] : [node]);
  const drawn = flat(apart.Apart({ all: [child, { ...child, relation_id: 's', case_id: 'd', code: 'KHM-26-2', is_child: false, separation_reason: null }] }));
  assert.deepEqual(drawn.filter((one) => one?.type === 'a').map((one) => one.props.href), ['#/cases/c', '#/cases/d']);
  assert.deepEqual([drawn.filter((one) => one?.props?.class === 'mark').length, drawn.includes('KHM-26-2'), drawn.filter((one) => one === 'Fever').length], [1, true, 1]);
});

test('a choice of people is kept without their names', () => {
  const chosen = [{ id: 'c', code: 'KHM-26-1', name: 'Dewi' }, { id: 'd', code: 'KHM-26-2', name: '林雅婷' }];
  assert.deepEqual(many.keptOf(chosen, { '["c"]': 'k' }), { ids: ['c', 'd'], keys: { '["c"]': 'k' } });
});
