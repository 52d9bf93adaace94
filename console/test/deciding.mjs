// What the screens of tracing, duplicates and decisions read and write, without a browser.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundled } from './bundled.mjs';

const { rows, request, merge, facts, decided, exporting, counting, blind, match } = await bundled(
  `export * as rows from './src/screens/tracing/rows'; export * as request from './src/screens/tracing/asked'; export * as merge from './src/screens/duplicates/chosen'; export * as facts from './src/screens/duplicates/values'; export * as decided from './src/screens/decisions/words'; export * as exporting from './src/screens/decisions/filter'; export * as counting from './src/screens/decisions/countdown'; export * as blind from './src/screens/blind/described'; export * as match from './src/screens/tracing/decide';`,
);

const KNOWN = {
  nationalities: [{ value: 'MMR', text: 'Myanmar (Burma)' }, { value: 'NER', text: 'Niger' }, { value: 'NGA', text: 'Nigeria' }, { value: 'UGA', text: 'Uganda' }],
  genders: [{ value: 'feminine', text: 'Female' }, { value: 'masculine', text: 'Male' }, { value: 'transgender_masculine', text: 'Transgender man' }, { value: 'transgender_feminine', text: 'Transgender woman' }],
};

test('a list of the missing is read a line each, typed or pasted, and nothing is left out unsaid', () => {
  const read = rows.linesOf('ကိုအောင်\t1998\tmyanmar\tM\t\t၀၉ ၅၅၅\r\n\nNakato; 17.3.1999 ; UGA ;f;B ១២\nOkafor;spring;Nigeria;x', KNOWN);
  assert.deepEqual(read.map((one) => one.sought), [
    { name: 'ကိုအောင်', birth_date: '1998', nationality: 'MMR', gender: 'masculine', phone: '09 555' },
    { name: 'Nakato', birth_date: '1999-03-17', nationality: 'UGA', gender: 'feminine', document_number: 'B 12' },
    { name: 'Okafor', birth_date: 'spring', nationality: 'NGA', gender: 'x' },
  ]);
  assert.deepEqual(read.map((one) => one.unread), [[], [], ['birth', 'gender']], 'what is not understood goes as it was typed, and is said');
  const [nameless, long] = rows.linesOf(';1999\na;;;;;;g;h;i', KNOWN);
  assert.deepEqual([nameless.unread, long.beyond], [['name'], 2]);
  assert.equal(read[0].text, 'ကိုအောင်\t1998\tmyanmar\tM\t\t၀၉ ၅၅၅', 'what is refused stays as it was typed');
});

test('a country is meant by its code, its name, or the beginning of one name alone', () => {
  for (const [cell, code] of [['nga', 'NGA'], ['Niger', 'NER'], ['Nigeria', 'NGA'], ['Myan', 'MMR'], ['Ni', null], ['Ruritania', null]]) assert.equal(rows.meant(cell, KNOWN.nationalities), code, cell);
});

test('a request says what was typed and nothing else', () => {
  const empty = { relation: '', name: '', others: '', birth: '', nationality: '', gender: '', number: '', phone: '', description: '', on: '', contact: '', reported: '', behalf: '' };
  assert.deepEqual(request.bodyOf({ ...empty, relation: 'family', name: ' 陳怡君 ', birth: '๒๕๔๒', others: 'Chen\n\n I-chun ' }), {
    relation: 'family', details: { sought: { name: '陳怡君', birth_date: '1999', other_names: [{ name: 'Chen' }, { name: 'I-chun' }] } },
  });
});

test('a merge names the versions that were read, and what was chosen against the usual', () => {
  const field = (name, by_default, differs = true) => ({ field: name, by_default, differs, survivor: 'a', other: 'b' });
  const preview = { survivor_case_id: 's', survivor_version: 4, other_version: 7, fields: [field('identity.given_name', 'survivor'), field('identity.aliases', 'both'), field('identity.birth_date', 'other'), field('identity.languages', 'survivor', false)], warnings: ['legal_hold'] };
  const keep = { 'identity.given_name': 'other', 'identity.aliases': 'both', 'identity.birth_date': 'survivor', 'identity.languages': 'other', 'contact.phones': 'other' };
  assert.deepEqual(merge.bodyOf(preview, { keep, accepts: ['legal_hold', 'one_is_dead'] }), {
    survivor_case_id: 's', survivor_version: 4, other_version: 7, accepts: ['legal_hold'],
    choices: [{ field: 'identity.given_name', keep: 'other' }, { field: 'identity.birth_date', keep: 'survivor' }],
  });
  assert.deepEqual(merge.bodyOf(preview, { keep: {}, accepts: [] }), { survivor_case_id: 's', survivor_version: 4, other_version: 7 });
});

test('facts of two people stand in words, whatever kind of value they are', () => {
  assert.deepEqual(facts.shownParts('identity.aliases', [{ name: '宾唐', language: 'zh' }, { name: 'Bintang' }]), ['宾唐', 'Bintang']);
  assert.deepEqual(facts.shownParts('identity.birth_place', null), []);
  assert.deepEqual(facts.shownParts('identity.languages', ['km']), ['Khmer']);
  assert.ok(facts.shownParts('contact.phones', [{ number: '012', safe: false }])[0].startsWith('012 ('));
  for (const [field, value] of [['identity.documents', [{ kind: 'passport', number: 'A1', issuing_country: 'KHM', custody: 'lost' }]], ['identity.age_estimate', { from_years: 20, to_years: 25 }], ['contact.new_thing', { a: { b: ['x', 1] } }]]) {
    assert.ok(!/[{}]|\[|object/i.test(facts.shownParts(field, value).join()), field);
  }
  assert.deepEqual(['identity.aliases', 'contact.home_address', 'identity.given_name'].map(facts.isJoined), [true, true, false]);
});

test('nobody is offered a decision that is not theirs', () => {
  const may = (...permissions) => (one) => permissions.includes(one);
  const asked = { action: 'export_identifiable', status: 'open', asked_by: 'a' };
  assert.ok(decided.mayDecide(asked, 'b', may('approval:decide', 'export:identifiable')));
  assert.ok(!decided.mayDecide(asked, 'a', may('approval:decide', 'export:identifiable')), 'what they asked for themselves');
  assert.ok(!decided.mayDecide(asked, 'b', may('approval:decide')), 'without the permission of the act');
  assert.ok(!decided.mayDecide({ ...asked, status: 'approved' }, 'b', may('approval:decide', 'export:identifiable')));
  assert.ok(decided.mayDecide({ ...asked, action: 'export_audit_entries' }, 'b', may('approval:decide')), 'a supervisor answers for the auditor');
  assert.ok(!decided.mayDecide({ ...asked, action: 'of_a_newer_server' }, 'b', may('approval:decide')));
});

test('what is asked for is said in words, and a filter that is not set says whom it is about', () => {
  const NONE = Object.fromEntries(['nationality', 'stage', 'side_state', 'compound', 'operation', 'mission', 'risk_level', 'is_child', 'assigned_to', 'status', 'host_country', 'gender', 'registered_from', 'registered_to', 'updated_from', 'updated_to'].map((name) => [name, null]));
  const names = (one) => decided.said(one).map((part) => part.value ?? Object.values(part)[1]);
  assert.equal(names({ export: NONE }).length, 1);
  assert.equal(names({ export: { ...NONE, is_child: false, stage: 'registered', compound: 'c' } }).length, 3, 'a no is a filter, too');
  const override = { case_id: 'x', purpose: 'share_with_court', recipient: 'missions_of', recipient_missions_of: 'KHM', compartments: ['identity'], basis: 'court_order', expires_at: '2026-12-01T10:00:00Z' };
  for (const text of names({ consent_override: override })) assert.ok(!/[{}_]/.test(text), text);
  assert.equal(decided.caseOf({ consent_override: override }), 'x');
  assert.deepEqual(exporting.bodyOf({ nationality: 'none', stage: '', side_state: '', status: '', risk_level: '', gender: '', is_child: 'no', host_country: '', registered_from: '1.11.2026', registered_to: '', reason: ' For the register ' }), {
    export: { nationality: 'none', is_child: false, registered_from: '2026-11-01' }, reason: 'For the register',
  });
});

test('fifteen minutes are counted down, and end at nothing', () => {
  const end = '2026-11-30T10:15:00Z';
  assert.equal(counting.clock(counting.secondsLeft(end, Date.parse('2026-11-30T10:00:00.400Z'))), '15:00');
  assert.equal(counting.clock(counting.secondsLeft(end, Date.parse('2026-11-30T10:13:55Z'))), '1:05');
  assert.equal(counting.secondsLeft(end, Date.parse('2026-11-30T11:00:00Z')), 0);
  for (const unknown of [null, 'soon']) assert.equal(counting.secondsLeft(unknown, 0), null);
});

test('a blind search says only what was typed', () => {
  const typed = { name: '欧阳静怡', birth: '29.2.1996', nationality: '', gender: '', number: 'EH ๐๕', phone: ' ' };
  assert.equal(blind.stated(typed), 3);
  assert.deepEqual(blind.bodyOf(typed), { person: { name: '欧阳静怡', birth_date: '1996-02-29', document_number: 'EH 05' } });
});

test('what the person said of one who looks for them is not kept for another', () => {
  const [one, other] = [{ id: 'm', case_id: 'c' }, { id: 'n', case_id: 'c' }].map(match.kindOf);
  assert.notEqual(one, other);
  assert.ok(one.endsWith('c') && other.endsWith('c'), 'it is forgotten with its case');
});
