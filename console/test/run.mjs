// The parts of the console that need no browser: node test/run.mjs

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { bundled } from './bundled.mjs';

// One after the other: the sessions come first, so that the tabs they hear are their own.
for (const part of ['session', 'forms', 'figures', 'deciding', 'sharing', 'travel', 'tasks', 'lists', 'rooms']) await import(`./${part}.mjs`);

const { dates, words, merging, values, walkIn, entriesOf } = await bundled(
  `export * as dates from './src/i18n/dates'; export * as words from './src/i18n/evaluate'; export * as merging from './src/forms/merge'; export * as values from './src/forms/values'; export * as walkIn from './src/screens/walk-in'; export { entriesOf } from './src/navigation';`,
);

test('a birth date is read as far as it is known, in the digits and the era of who types', () => {
  for (const [typed, read] of [
    ['1999', '1999'], ['3/1999', '1999-03'], ['17.3.1999', '1999-03-17'], ['1999-3-17', '1999-03-17'], [' 17 3 1999 ', '1999-03-17'],
    ['១៩៩៩', '1999'], ['၁၇.၃.၁၉၉၉', '1999-03-17'], ['๑๗/๓/๒๕๔๒', '1999-03-17'], ['2542', '1999'], ['١٩٩٩', '1999'], ['29.2.2000', '2000-02-29'],
    ['29.2.1999', null], ['13/1999', null], ['99', null], ['17.3.99', null], ['Ratna', null], ['', null], ['1.2.3.1999', null],
  ]) assert.equal(dates.partialDate(typed), read, typed);
});

test('an age is a range, and nothing is guessed around it', () => {
  assert.deepEqual(dates.age('~25'), { from_years: 25, to_years: 25 });
  assert.deepEqual(dates.age('~ ២០-៣០'), { from_years: 20, to_years: 30 });
  for (const typed of ['25', '~', '~30-20', '~200', '']) assert.equal(dates.age(typed), null, typed);
});

test('messages choose by number, and figures have Latin digits', () => {
  const parts = words.parse('{count, plural, =1 {One case} other {# cases, {name}}}');
  assert.equal(words.evaluate(parts, { count: 1, name: 'x' }, 'en'), 'One case');
  assert.equal(words.evaluate(parts, { count: 1200, name: 'Sok' }, 'en'), '1,200 cases, Sok');
  assert.match(words.evaluate(parts, { count: 7, name: '' }, 'ar'), /7/);
  assert.throws(() => words.parse('{count, plural, one {x}}'));
});

test('what one side touched is joined, and what both touched is left to choose', () => {
  const base = { given: 'Ratna', risk: 'low', needs: '' };
  const is = merging.merge(base, { given: 'Ratna', risk: 'high', needs: 'Food' }, { given: 'Ratna S.', risk: 'medium', needs: '' });
  assert.deepEqual([is.theirs, is.both, is.joined], [['needs'], ['risk'], { given: 'Ratna S.', risk: 'medium', needs: 'Food' }]);
  assert.deepEqual(merging.merge(base, { ...base, risk: 'high' }, { ...base, risk: 'high' }).both, [], 'both chose the same');
});

test('a walk-in says what was asked and nothing else', () => {
  const typed = { ...walkIn.EMPTY, given: ' Ratna ', host: 'KHM', channel: 'walk_in_embassy', birth: '1999' };
  assert.deepEqual(JSON.parse(JSON.stringify(walkIn.bodyOf(typed))), { host_country: 'KHM', intake_channel: 'walk_in_embassy', identity: { given_name: 'Ratna', birth_date: '1999' } });
  const more = walkIn.bodyOf({ ...typed, birth: 'spring', number: 'B១២', phone: '012', needs: ['none'] });
  assert.equal(more.identity.birth_date, 'spring', 'the API says at the field what is wrong with it');
  assert.deepEqual(more.contact.phones, [{ number: '012', safe: false }], 'safe only once it was said');
  assert.deepEqual(more.identity.documents, [{ kind: 'passport', custody: 'unknown', number: 'B12' }]);
  assert.ok(walkIn.isEmpty({ ...walkIn.EMPTY, host: 'KHM', channel: 'walk_in_ngo' }));
});

test('Zawgyi is noticed, and Unicode is not taken for it', () => {
  for (const name of ['ကိုအောင်', 'မြန်မာ', 'သန္တာ', '林雅婷', 'Nguyễn Văn Hùng', 'ស៊ុន សុខា', '']) assert.ok(!walkIn.looksZawgyi(name), name);
  assert.ok(walkIn.looksZawgyi('ျမန္မာ\u1039'), 'a virama at the end of a word');
});

test('a record says what was filled in, and an empty group nothing', () => {
  const fields = [
    { name: 'decided_on', kind: 'date' }, { name: 'is_signed', kind: 'flag' }, { name: 'count', kind: 'integer' }, { name: 'kinds', kind: 'codes' },
    { name: 'child', kind: 'group', fields: [{ name: 'words', kind: 'text' }] }, { name: 'languages', kind: 'list', entry: { kind: 'Language' } },
  ];
  assert.equal(values.bodyOf(fields, { decided_on: '', kinds: [], child: { words: ' ' }, languages: [{}] }), undefined);
  assert.deepEqual(values.bodyOf(fields, { decided_on: '17.3.2026', is_signed: 'no', count: '៣', kinds: ['a'], child: { words: 'x' }, languages: [{ '': 'km' }] }), {
    decided_on: '2026-03-17', is_signed: false, count: 3, kinds: ['a'], child: { words: 'x' }, languages: ['km'],
  });
});

test('nobody is led where they may not go', () => {
  const paths = (...permissions) => entriesOf(permissions).map((entry) => entry.path);
  assert.deepEqual(paths('case:read'), ['today', 'people', 'cases', 'travel', 'waivers', 'sharing']);
  assert.deepEqual(paths('account:own', 'user:manage'), ['users', 'account']);
  assert.deepEqual(paths('account:own', 'reference:read', 'audit:read'), ['audit', 'account']);
  assert.deepEqual(paths(), []);
});

test('a record goes into its form and comes back unchanged, and only what was touched is sent', () => {
  const fields = [
    { name: 'fit', kind: 'flag' }, { name: 'level', kind: 'code' }, { name: 'count', kind: 'integer' }, { name: 'kinds', kind: 'codes' },
    { name: 'guardian', kind: 'group', fields: [{ name: 'name', kind: 'text' }, { name: 'since', kind: 'date' }] }, { name: 'days', kind: 'list', entry: { kind: 'date' } },
  ];
  const record = { fit: false, level: 'low', count: 3, kinds: ['a', 'b'], guardian: { name: 'Sok', since: '2026-01-05' }, days: ['2026-01-05'], other: 1 };
  const before = values.valuesOf(fields, record);
  assert.equal(values.patchOf(fields, before, before), undefined);
  const now = { ...before, fit: 'yes', level: '', guardian: { ...before.guardian, since: '' } };
  assert.deepEqual(values.patchOf(fields, before, now), { fit: true, level: null, guardian: { since: null } });
});

test('one place asks the API, one place keeps anything, and what is drawn knows no operation', () => {
  const sources = readdirSync(new URL('../src', import.meta.url), { recursive: true }).filter((path) => /\.tsx?$/.test(path) && !path.startsWith('generated'));
  const wrong = sources.flatMap((path) => {
    const text = readFileSync(new URL(`../src/${path}`, import.meta.url), 'utf8').replace(/^\s*\/\/.*$/gm, '');
    const breaks = [
      [/\bfetch\(|XMLHttpRequest|sendBeacon|WebSocket|EventSource/, 'api/'], [/localStorage|sessionStorage|indexedDB|\bcaches\.|document\.cookie|serviceWorker/, 'session/'],
      [/generated\/operations/, /^(api|session|screens|forms)\//], [/document\.title/, 'nowhere'], [/dangerouslySetInnerHTML|innerHTML|style=/, 'nowhere'], [/console\.\w+\(/, 'nowhere'],
    ];
    return breaks.filter(([what, where]) => what.test(text) && !(typeof where === 'string' ? path.startsWith(where) : where.test(path))).map(([what]) => `${path}: ${what}`);
  });
  assert.deepEqual(wrong, []);
  assert.deepEqual(sources.filter((path) => readFileSync(new URL(`../src/${path}`, import.meta.url), 'utf8').split('\n').length > 401), []);
});
