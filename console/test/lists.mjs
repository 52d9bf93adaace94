// Lists of people: what is sent of their columns, and that whatever is told of a row is told in the words of each language.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { bundled } from './bundled.mjs';

const { i18n, mapping, words } = await bundled("export * as i18n from './src/i18n'; export * as mapping from './src/screens/lists/mapping'; export * as words from './src/screens/lists/words';");
const here = (path) => new URL(path, import.meta.url);
const read = (path) => readFileSync(here(path), 'utf8');
const schemas = JSON.parse(read('../../openapi/openapi.json')).components.schemas;
const languages = readdirSync(here('../i18n/'));
const said = (language) => Object.assign({}, ...readdirSync(here(`../i18n/${language}/`)).map((file) => JSON.parse(read(`../i18n/${language}/${file}`))));

const form = (dates) => ({ day_cells: null, order: null, serials: null, short_years: null, year_of_list: null, ...dates });
const column = (name, field, more = {}) => ({ column: name, heading: `H${name}`, field, because: 'heading', dates: null, questions: [], filled: 3, unreadable: 0, repaired: null, ...more });
const list = { columns: [column('A', 'full_name'), column('B', 'birth_date', { questions: ['ambiguous_day_and_month', 'ambiguous_year'] }), column('C', null), column('D', 'exited_on', { dates: form({ order: 'month_first' }) })], mapping: null };

test('a mapping begins with what was found, and with what somebody said once they did', () => {
  const found = mapping.startOf(list, 'KHM');
  assert.deepEqual([found.columns.A.field, found.columns.C.field, found.columns.D.order, found.host, found.channel], ['full_name', '', 'month_first', 'KHM', '']);
  const kept = { columns: [{ column: 'B', heading: 'HB', field: 'birth_date', dates: form({ order: 'day_first' }) }], defaults: { host_country: 'THA', intake_channel: 'raid', nationality: null, listed_on: '2026-01-05' } };
  const again = mapping.startOf({ ...list, mapping: kept }, 'KHM');
  assert.deepEqual([again.columns.A.field, again.columns.B.order, again.host, again.channel, again.listed], ['', 'day_first', 'THA', 'raid', '2026-01-05']);
});

test('of dates is asked what the column does not say, and nothing of what is no date', () => {
  const { columns } = mapping.startOf(list, '');
  const [name, born, color, out] = list.columns;
  assert.deepEqual(mapping.questionsOf(name, columns.A), []);
  assert.deepEqual(mapping.questionsOf(born, columns.B), ['order', 'short_years']);
  assert.deepEqual([mapping.isAsked(born, columns.B, 'order'), mapping.isAsked(born, columns.B, 'serials')], [true, false]);
  assert.deepEqual(mapping.questionsOf(out, columns.D), ['order']);
  assert.deepEqual(mapping.questionsOf(color, { ...columns.C, field: 'birth_date' }), ['order', 'short_years', 'serials', 'day_cells'], 'nobody looked at it yet');
});

test('a mapping says every column with its heading, and counts short years back from the list', () => {
  const typed = mapping.startOf(list, 'KHM');
  const answered = { ...typed, channel: 'raid', listed: '5.1.2019', columns: { ...typed.columns, B: { ...typed.columns.B, order: 'day_first', short_years: 'common_era' }, C: { ...typed.columns.C, order: 'day_first' } } };
  const body = mapping.bodyOf(list, answered, 2026);
  assert.deepEqual(body.columns.map((one) => [one.column, one.heading, one.field]), [['A', 'HA', 'full_name'], ['B', 'HB', 'birth_date'], ['C', 'HC', null], ['D', 'HD', 'exited_on']]);
  assert.deepEqual(body.columns.map((one) => one.dates), [null, form({ order: 'day_first', short_years: 'common_era', year_of_list: 2019 }), null, { order: 'month_first', short_years: null, serials: null, day_cells: null }]);
  assert.deepEqual(body.defaults, { host_country: 'KHM', intake_channel: 'raid', nationality: null, listed_on: '2019-01-05' });
  assert.equal(mapping.bodyOf(list, { ...answered, listed: '' }, 2026).columns[1].dates.year_of_list, 2026);
});

test('a column can be everything that the API knows', () => {
  assert.deepEqual(words.fields().map((one) => one.value).sort(), [...schemas.ImportField.enum].sort());
});

/** The sources of a folder, as one text. */
const sources = (folder) => readdirSync(here(`../../src/${folder}`), { recursive: true }).filter((file) => file.endsWith('.rs') && !file.endsWith('tests.rs')).map((file) => read(`../../src/${folder}/${file}`).split('#[cfg(test)]\nmod tests {')[0]).join('\n');

test('whatever is told of a row has words in each language', () => {
  const all = ['domain/imports', 'command/imports', 'api/people/imports'].map(sources).join('\n');
  const told = [...all.matchAll(/(?:Weight::\w+|heaviest),\s*"([a-z_]+)"/g), ...read('../../src/domain/imports/row/extras.rs').matchAll(/\(\s*"([a-z_]+)",\s*"/g)].map(([, code]) => code);
  const codes = [...new Set([...told, ...schemas.UnreadCode['x-extensible-enum']])];
  assert.ok(codes.length > 25 && codes.includes('only_a_name') && codes.includes('not_held'), `${codes}`);
  for (const language of languages.filter((one) => one !== 'en')) {
    const own = said(language);
    assert.deepEqual(codes.filter((code) => !own[`violation.${code}`]), [], language);
  }
});

test('why a list is not taken is said in the words of each language, and mended as what it is', async () => {
  const [files, works] = [`${read('../../src/tables/refused.rs')} ${read('../../src/domain/imports/table.rs')}`, read('../../src/domain/imports/state.rs').split('enum StopReason')[1].split('text_enum')[0]].map((text) => [...text.matchAll(/ = "([a-z_]+)"/g)].map(([, code]) => code));
  assert.ok(files.length > 15 && files.includes('open_quote') && works.includes('gave_up'), `${files} ${works}`);
  globalThis.document ??= { documentElement: {} };
  await i18n.speak(['lists', 'codes']);
  const english = new Set();
  for (const language of ['en', ...languages.filter((one) => one !== 'en')]) {
    await i18n.choose(language);
    const again = words.stopped({ state: 'validated', stopped_because: 'failed' });
    for (const code of [...files, ...works]) {
      const why = words.stopped({ state: files.includes(code) ? 'refused' : 'validated', stopped_because: code });
      assert.ok(why.length > 8 && !/_|^lists/.test(why), `${language} ${code}: ${why}`);
      assert.ok(!files.includes(code) || why !== again, `${language}: nothing is gained by sending a file again that is ${code}`);
      if (language === 'en') english.add(why);
      else assert.ok(!english.has(why), `${language} ${code} is in English`);
    }
  }
  await i18n.choose('en');
  assert.equal(words.stopped({ state: 'validated', stopped_because: null }), '');
});
