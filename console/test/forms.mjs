// What forms ask for, keep and send, and where links lead.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { bundled } from './bundled.mjs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const { schemas } = JSON.parse(read('../../openapi/openapi.json')).components;
const forms = JSON.parse(read('../src/generated/forms.json'));
const { merging, values, facts, leads, countries } = await bundled(
  `export * as merging from './src/forms/merge'; export * as values from './src/forms/values'; export * as facts from './src/forms/case-facts'; export * as leads from './src/screens/leads'; export * as countries from './src/i18n/countries';`,
);

test('what was typed on an older version is laid on the newer one, and never over it', () => {
  const typed = { base: { given: 'Ratna', risk: 'low', days: ['a'] }, etag: '"1"', mine: { given: 'Ratna S.', risk: 'low', days: ['a', 'b'] } };
  const same = merging.takeUp(typed, typed.base, '"1"');
  assert.deepEqual([same.mine, same.merged], [typed.mine, null]);
  const moved = merging.takeUp(typed, { given: 'Ratna', risk: 'high', days: ['c'] }, '"2"');
  assert.deepEqual([moved.mine, moved.base, moved.etag], [{ given: 'Ratna S.', risk: 'high', days: ['a', 'b'] }, { given: 'Ratna', risk: 'high', days: ['c'] }, '"2"']);
  assert.deepEqual([moved.merged.theirs, moved.merged.both], [['risk'], ['days']]);
  // Whoever leaves before they chose is asked again.
  const again = merging.takeUp({ ...moved.from, mine: moved.mine }, moved.base, '"2"');
  assert.deepEqual(again.merged.both, ['days']);
  assert.equal(merging.takeUp(undefined, { given: 'x' }, '"3"').merged, null);
  assert.ok(merging.isSame(undefined, '') && merging.isSame([], null) && !merging.isSame('no', ''));
});

test('both changes of a list are kept, entry by entry', () => {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((reference) => ({ reference, status: 'open' }));
  const paid = { ...a, status: 'paid' };
  assert.deepEqual(merging.together([a, b], [a, b, c], [paid, b]), [b, c, paid]);
  assert.deepEqual(merging.together([a, b], [b, c], [a, b, d]), [b, c, d], 'what they took out stays out');
  assert.deepEqual(merging.together([a, b], [a, b, c], [b]), [b, c]);
  assert.deepEqual(merging.together([], ['x'], ['x', 'y']), ['x', 'y']);
  assert.equal(merging.together('a', 'b', 'c'), undefined);
});

test('a penalty is changed without the others, and without what nobody touched', () => {
  const { fields } = forms['immigration-clearance'].one;
  const penalty = { kind: 'administrative_fine', status: 'open', authority: 'GDI', imposed_on: '2026-01-05', money: { amount: '100', currency: 'USD' }, reference: 'A1', settled_on: null };
  const record = { version: 3, exit_track: 'requested', entered_on: '2025-03-04', penalties: [penalty, { ...penalty, reference: 'A2' }], entry_ban: null };
  const before = values.valuesOf(fields, record);
  assert.equal(values.patchOf(fields, before, before), undefined, 'opening it changes nothing');
  const flat = values.flatten(fields, before);
  const now = values.unflatten(fields, { ...flat, exit_track: 'granted' });
  assert.deepEqual(values.patchOf(fields, before, now), { exit_track: 'granted' });
  const settled = before.penalties.map((one, at) => (at ? one : { ...one, status: 'paid' }));
  const patch = values.patchOf(fields, before, { ...before, penalties: settled });
  assert.deepEqual(patch.penalties.map((one) => [one.status, one.reference]), [['paid', 'A1'], ['open', 'A2']]);
  assert.deepEqual(values.patchOf(fields, before, { ...before, penalties: [] }), { penalties: [] });
});

test('an instant keeps its seconds, and a group its untouched answers', () => {
  const fields = [{ name: 'legs', kind: 'list', entry: { name: '', kind: 'group', fields: [{ name: 'at', kind: 'moment' }] } }, { name: 'guardian', kind: 'group', fields: [{ name: 'name', kind: 'text' }] }];
  const record = { legs: [{ at: '2026-01-05T10:15:30.000Z' }, { at: '2026-01-05T11:00:00.000Z' }], guardian: { name: 'Sok' } };
  const before = values.valuesOf(fields, record);
  assert.deepEqual(values.bodyOf(fields, before), record);
  assert.deepEqual(values.unflatten(fields, values.flatten(fields, before)), before);
  assert.equal(values.fieldAt(fields, 'guardian/name').kind, 'text');
});

const resolved = (schema) => {
  const one = (schema.oneOf ?? schema.anyOf)?.filter((other) => other.type !== 'null')[0] ?? schema;
  return one.$ref ? schemas[one.$ref.split('/').at(-1)] : one;
};

/** What a form would drop: an answer without which the API refuses it, or a part of an entry that is sent back with its list. */
function dropped(schema, fields, isEntry, at) {
  return Object.entries(schema.properties ?? {}).flatMap(([name, one]) => {
    const field = fields.find((other) => other.name === name);
    if (!field) return isEntry || schema.required?.includes(name) ? [`${at}/${name}`] : [];
    if (field.kind === 'group') return dropped(resolved(one), field.fields, isEntry, `${at}/${name}`);
    return field.kind === 'list' && field.entry.kind === 'group' ? dropped(resolved(resolved(one).items), field.entry.fields, true, `${at}/${name}/*`) : [];
  });
}

test('no form lacks an answer that it needs, and no list loses what it does not show', () => {
  const { paths } = JSON.parse(read('../../openapi/openapi.json'));
  for (const [resource, form] of Object.entries(forms)) {
    for (const [name, path, method] of [['make', form.path, 'post'], ['one', form.path, 'patch'], ['update', form.update?.path, 'patch']]) {
      if (!form[name]) continue;
      const { content } = paths[path][method].requestBody;
      const body = (content['application/json'] ?? content['application/merge-patch+json']).schema;
      assert.deepEqual(dropped(resolved(body), form[name].fields, false, `${resource} ${name}`), []);
    }
  }
  assert.ok(!forms['best-interests'].update.fields.some((field) => field.name === 'carer_checks'), 'their links to the child cannot be shown');
  assert.deepEqual([forms.relations.make, forms.referrals, forms.transfers], [undefined, undefined, undefined]);
  assert.ok(forms.relations.update && forms['immigration-clearance'].one);
});

const phone = (number, safe) => ({ number, safe, normalised: '+855', extension: null, several: [] });
const passport = { kind: 'passport', custody: 'lost', custody_since: null, number: 'A1', issuing_state: 'IDN', issued_on: null, expires_on: '2030-01-01' };
const file = {
  redacted: [], gender: 'feminine', nationality_claimed: 'IDN', immigration_status: 'unknown', risk_level: 'low',
  identity: { given_name: 'Ratna', family_name: null, original_script_name: null, birth_date: '1999', age_estimate: null, documents: [{ ...passport, kind: 'national_id', number: 'N9' }, passport] },
  contact: { phones: [phone('012', true), phone('013', false)], safe_contact_instructions: null }, health: { immediate_needs: null },
};

test('one number of a case is changed, and the others and the papers stay', () => {
  const mine = facts.flat(file);
  assert.deepEqual(facts.patchOf(file, mine), {});
  assert.deepEqual(facts.patchOf(file, { ...mine, phone: '099', safe: 'no' }), { contact: { phones: [{ number: '099', safe: false }, { number: '013', safe: false }] } });
  const { documents } = facts.patchOf(file, { ...mine, number: 'ខ២', custody: 'pawned' }).identity;
  assert.deepEqual(documents.map((one) => [one.kind, one.number, one.custody, one.expires_on]), [['national_id', 'N9', 'lost', '2030-01-01'], ['passport', 'ខ2', 'pawned', '2030-01-01']]);
  const closed = { ...file, redacted: ['contact'], contact: undefined };
  assert.ok(!('phone' in facts.flat(closed)));
  assert.deepEqual(facts.patchOf(closed, { ...facts.flat(closed), risk: 'high' }), { risk_level: 'high' });
  assert.deepEqual(facts.patchOf({ ...file, identity: { ...file.identity, documents: [] } }, { ...mine, custody: 'lost', number: '' }).identity, { documents: [{ kind: 'passport', custody: 'lost', number: null }] });
});

/** What a requirement or a task names: the field and the resource, as the server lists them. */
function asked() {
  const unmet = [...read('../../src/domain/repatriation/unmet.rs').matchAll(/\(\s*"([a-z_]+)",\s*"([\w.]*)",\s*"([a-z-]*)",\s*"/g)].map(([, guard, field, resource]) => ({ guard, field, resource }));
  const tasks = [...read('../../src/domain/repatriation/task_kind.rs').matchAll(/\("[^"]+\.",?\s*"([a-z-]+)"\)/g)].map(([, resource]) => ({ guard: 'task', field: null, resource }));
  return [unmet, tasks];
}

test('every link leads to a form that has the field, to a list, or to the step', () => {
  const [unmet, tasks] = asked();
  assert.ok(unmet.length > 40 && tasks.length > 18, `${unmet.length} requirements, ${tasks.length} tasks`);
  const nowhere = [];
  for (const wanted of [...unmet, ...tasks]) {
    const to = leads.formFor(wanted);
    if (!to) {
      nowhere.push(`${wanted.resource} ${wanted.field ?? ''}`.trim());
      continue;
    }
    const query = new URLSearchParams(to);
    const form = forms[query.get('form')];
    if (query.get('form') === 'case') assert.ok(facts.isEditable(wanted.field), wanted.field);
    else assert.ok(form, `${wanted.guard} leads to ${query.get('form')}, of which there is no form`);
    // What no form asks for is found in the list of what is there.
    if (form && wanted.field) assert.ok(form.isList || values.hasField(form.one.fields, wanted.field), `${wanted.guard}: ${wanted.field}`);
  }
  assert.deepEqual([...new Set(nowhere.filter(Boolean))].sort(), ['assign', 'case protection', 'repatriation', 'repatriation side_state', 'takeover', 'tasks', 'transition approval_id', 'transition hold_reason', 'transition occurred_on', 'transition reason']);
  assert.ok(!values.hasField(forms.denials.make.fields, 'lifted_at'), 'a denial that stands is not answered with a blank form');
  assert.equal(leads.leadsTo('1', { resource: 'follow-ups', field: null }, 'r'), '#/cases/1?form=follow-ups&record=r');
});

test('every country and nationality that the API takes can be chosen, by a name', () => {
  const taken = (name) => [...schemas[name].pattern.matchAll(/[A-Z]{3}/g)].map(([code]) => code);
  const offered = (isNationality) => countries.countries(isNationality).map((one) => one.value).sort();
  assert.deepEqual(offered(false), taken('Country').sort());
  // The one code is answered as the other.
  assert.deepEqual(offered(true), taken('Nationality').filter((code) => code !== 'RKS').sort());
  assert.deepEqual(countries.countries(true).filter((one) => /^[A-Z]{2,3}$/.test(one.text)), []);
  assert.equal(new Set(countries.countries(true).map((one) => one.text)).size, offered(true).length, 'no two have one name');
});

test('a language without a word for a requirement, a refusal or a code is not complete', async () => {
  const { checkCatalogues, unwritten } = await import('../check-words.mjs');
  checkCatalogues();
  const keys = unwritten();
  for (const key of ['guard.informed_of_rights', 'violation.date_in_future', 'problem.storage_full', 'exit_track.granted', 'field.penalties', 'record.deaths']) assert.ok(keys.includes(key), key);
  const folder = mkdtempSync(join(tmpdir(), 'homeward-words-'));
  try {
    const english = Object.assign({}, ...readdirSync(new URL('../i18n/en/', import.meta.url)).map((file) => JSON.parse(read(`../i18n/en/${file}`))));
    const put = (language, words) => {
      mkdirSync(join(folder, language), { recursive: true });
      writeFileSync(join(folder, language, 'core.json'), JSON.stringify(words));
    };
    const of = (words) => {
      put('en', english);
      put('xx', words);
      return () => checkCatalogues(pathToFileURL(`${folder}/`));
    };
    const whole = { ...Object.fromEntries(keys.map((key) => [key, 'x'])), ...english };
    of(whole)();
    assert.throws(of(english), /xx: guard\.informed_of_rights is missing/);
    for (const key of ['guard.fine_settled', 'violation.too_long', 'exit_track.granted']) {
      const { [key]: _, ...rest } = whole;
      assert.throws(of(rest), { message: `xx: ${key} is missing` });
    }
    assert.throws(of({ ...whole, 'guard.nobody': 'x' }), /guard\.nobody is not in English/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
