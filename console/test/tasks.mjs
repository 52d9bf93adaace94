// What is said of tasks and requirements: in the language of whoever reads it, and never in the words of the API.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { checkCatalogues } from '../check-words.mjs';
import { bundled } from './bundled.mjs';

const { whatToDo, placeName, ofTheParts, i18n } = await bundled(
  `export { whatToDo } from './src/screens/what-to-do'; export { placeName } from './src/screens/leads'; export { ofTheParts } from './src/screens/reports/reconciliation'; export * as i18n from './src/i18n';`,
);
const source = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const kinds = JSON.parse(source('openapi/openapi.json')).components.schemas.TaskKind.enum;

/** The next action of each kind as the server says it, and of each requirement that a case may stand still for. */
const rust = source('src/domain/repatriation/task_kind.rs');
const codes = new Map([...rust.matchAll(/(\w+) = "(\w+)",/g)].map(([, name, code]) => [name, code]));
const actions = [...rust.matchAll(/Self::(\w+) => (?:\{\s*)?\("([^"]+)", "([a-z-]+)"\)/g)].map(([, name, message, resource]) => ({ kind: codes.get(name), note: null, next_action: { message, resource, field: null } }));
const lacking = [...source('src/domain/repatriation/unmet.rs').matchAll(/\(\s*"[a-z_]+",\s*"([\w.]+)",\s*"([a-z-]+)",\s*"([^"\\]+)/g)].map(([, field, resource, message]) => ({ kind: 'stalled', note: null, next_action: { message, resource, field } }));

/** What stands on the screen of each task, by language. */
async function inEveryLanguage(look, areas = []) {
  globalThis.document ??= { documentElement: {} };
  for (const language of i18n.languages()) {
    await i18n.choose(language);
    await i18n.speak(['work', 'codes', 'names', ...areas]);
    look(language);
  }
  await i18n.choose('en');
}

test('no task is shown with a sentence of the server', async () => {
  assert.deepEqual(actions.map((one) => one.kind).sort(), [...kinds].sort(), 'each kind was found as the server says it');
  assert.ok(lacking.length > 30, 'and so were the requirements');
  const inEnglish = new Map();
  await inEveryLanguage((language) => {
    for (const task of [...actions, ...lacking]) {
      const { resource, field, message } = task.next_action;
      const at = `${language} ${task.kind} ${resource} ${field}`;
      const said = whatToDo(task);
      assert.ok(said && !said.includes(message) && !/[{}_]/.test(said), `${at}: ${said}`);
      assert.ok(!said.includes('“”') && !said.includes('«»'), `${at} names no place: ${said}`);
      if (language === 'en') inEnglish.set(at.slice(3), said);
      else assert.notEqual(said, inEnglish.get(at.slice(3)), at);
      if (['th', 'my', 'km', 'zh'].includes(language)) assert.ok(!/[a-z]/i.test(said), `${at}: ${said}`);
    }
  });
});

test('a task names the form that its link opens, as the form is called there', async () => {
  await inEveryLanguage((language) => {
    for (const task of actions.filter((one) => /\{place\}/.test(JSON.parse(source(`console/i18n/${language}/work.json`))[`task_hint.${one.kind}`]))) {
      const place = placeName(task.next_action);
      assert.ok(place && whatToDo(task).includes(place), `${language} ${task.kind}`);
    }
    for (const task of lacking) {
      const place = placeName(task.next_action);
      if (place) assert.ok(whatToDo(task).includes(place), `${language} ${place}`);
    }
  });
  assert.equal(whatToDo(actions.find((one) => one.kind === 'long_detention')), 'Visit the person, or ask for their release, and record the day of this review under “Detentions”.');
  assert.equal(whatToDo(lacking.find((one) => one.next_action.field === 'informed_of_rights_on')), 'The next step needs “Embassy decision”: look at what is missing there.');
  assert.equal(placeName({ resource: 'takeover' }), 'Who sees it');
  assert.equal(placeName({ resource: 'repatriation' }), null);
});

test('a note stays as a colleague typed it, and a kind of a newer server is not dropped', () => {
  const [task] = actions;
  assert.equal(whatToDo({ ...task, kind: 'added', note: 'ទូរស័ព្ទទៅម្តាយ {x}' }), 'ទូរស័ព្ទទៅម្តាយ {x}');
  assert.equal(whatToDo({ ...task, kind: 'brand_new' }), task.next_action.message);
});

test('a language that does not say what a task asks for is not built', () => {
  const folder = mkdtempSync(join(tmpdir(), 'homeward-words-'));
  try {
    cpSync(new URL('../i18n/', import.meta.url), folder, { recursive: true });
    const at = join(folder, 'km', 'work.json');
    const words = JSON.parse(readFileSync(at, 'utf8'));
    for (const kind of kinds) {
      const { [`task_hint.${kind}`]: _, ...rest } = words;
      writeFileSync(at, JSON.stringify(rest));
      assert.throws(() => checkCatalogues(pathToFileURL(`${folder}/`)), { message: `km: task_hint.${kind} is missing` });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a sentence of the server stands only where its code is not known', () => {
  const root = new URL('../src/', import.meta.url);
  const files = readdirSync(root, { recursive: true }).filter((path) => /\.tsx?$/.test(path) && !path.startsWith('generated'));
  const lines = files.flatMap((path) => readFileSync(new URL(path, root), 'utf8').split('\n').map((line) => `${path}: ${line.trim()}`));
  const reads = lines.filter((line) => /\.(message|detail|statement)\b/.test(line));
  assert.ok(reads.length > 5, 'there is something to see');
  // The purpose of the consent that is lacking is read out of it, and not shown.
  assert.deepEqual(reads.filter((line) => !/\bsentence\('/.test(line) && !/purposeIn\(/.test(line)), []);
});

test('what was published is set against itself in the words of each language', async () => {
  const one = { sum_of_parts: 190, stated_total: 200, stated_qualifier: 'exact', is_lower_bound: false, status: 'warning', message: 'The server says so.' };
  await inEveryLanguage((language) => {
    for (const status of ['consistent', 'warning', 'no_stated_total']) {
      const said = ofTheParts({ ...one, status });
      assert.ok(said.includes('190') && !said.includes(one.message) && said.includes('200') === (status !== 'no_stated_total'), `${language} ${status}: ${said}`);
    }
  }, ['reports']);
  assert.equal(ofTheParts({ ...one, status: 'consistent' }), 'The parts add up to 190; the published total is 200.');
});

test('no word of the console names a field of the API, and no requirement does', async () => {
  const requirements = [...source('src/domain/repatriation/unmet.rs').replaceAll(/\\\n\s*/g, '').matchAll(/\(\s*"([a-z_]+)",\s*"[\w.]*",\s*"[a-z-]*",\s*"((?:[^"\\]|\\.)*)"/g)];
  assert.ok(requirements.length > 40);
  await inEveryLanguage((language) => {
    const words = Object.assign({}, ...readdirSync(new URL(`../i18n/${language}/`, import.meta.url)).map((file) => JSON.parse(source(`console/i18n/${language}/${file}`))));
    const wrong = Object.entries(words).filter(([, text]) => /[a-z]_[a-z]/.test(text.replaceAll(/\{\w+/g, '')));
    const wrongly = requirements.map(([, code, told]) => i18n.sentence('guard', code, told)).filter((text) => /[a-z]_[a-z]|-[a-z]+\/[a-z]/.test(text));
    assert.deepEqual([wrong, wrongly], [[], []], language);
  });
});
