// A language is complete or it is not there: the same keys, the same places, and messages that can be read. English says many codes by
// spelling them out, and some sentences in the words of the server; another language must have a message for each of those, too.

import { readFileSync, readdirSync } from 'node:fs';
import { transformSync } from 'esbuild';

const here = (path) => new URL(path, import.meta.url);
const source = (path) => readFileSync(here(`../src/${path}`), 'utf8');

/** Codes of what is refused, as the server writes them: no list of them is in the document. */
function violations() {
  const files = readdirSync(here('../src'), { recursive: true }).filter((path) => path.endsWith('.rs'));
  const said = /(?:Violation::new|\.refuse|\.at)\((?:[^"();]|\([^()]*\))*(?:"[^"]*"(?:[^"();]|\([^()]*\))*)?,\s*"([a-z_]+)",\s*(?:"|&?format|message)/g;
  return [...new Set(files.flatMap((path) => [...source(path).matchAll(said)].map(([, code]) => code)))];
}

/** Codes of what a step still requires. */
const guards = () => [...source('domain/repatriation/unmet.rs').matchAll(/\(\s*"([a-z_]+)",\s*"[\w.]*",\s*"[a-z-]*",\s*"/g)].map(([, code]) => code);

/** Codes of what is told of a row of a list, beside those of a person alone: they are written where they are found. */
const NOTES = [
  'line_break', 'shifted_cells', 'only_a_name', 'number_without_prefix', 'no_name', 'year_converted', 'finding_of_an_authority', 'not_a_running_number', 'consent_refused', 'consent_not_taken',
  'status_not_taken', 'decision_not_taken', 'left_out', 'not_held', 'more_notes', 'case_gone', 'same_row_before', 'other_row_refused',
];

const fieldsOf = (fields = []) => fields.flatMap((one) => [one, ...fieldsOf(one.fields), ...(one.entry ? fieldsOf([one.entry]) : [])]);

/** What English does not write down: a key for each, with the words that stand in its place. */
export function unwritten() {
  const forms = JSON.parse(readFileSync(here('src/generated/forms.json'), 'utf8'));
  const reference = JSON.parse(readFileSync(here('src/generated/reference.json'), 'utf8'));
  const document = JSON.parse(readFileSync(here('../openapi/openapi.json'), 'utf8'));
  const fields = [...Object.values(forms), ...Object.values(reference)].flatMap((form) => [form.make, form.one, form.update].flatMap((act) => fieldsOf(act?.fields)));
  const named = fields.filter((one) => one.name);
  return [
    ...guards().map((code) => `guard.${code}`),
    ...[...violations(), ...document.components.schemas.UnreadCode['x-extensible-enum'], ...NOTES].map((code) => `violation.${code}`),
    ...document.components.schemas.ImportField.enum.map((field) => `field.${field}`),
    ...document.components.schemas.Problem.properties.code['x-extensible-enum'].map((code) => `problem.${code}`),
    ...Object.keys(forms).map((resource) => `record.${resource}`),
    ...named.map((one) => `field.${one.name}`),
    ...named.flatMap((one) => (one.codes?.split(' ') ?? []).map((code) => `${one.name}.${code}`)),
  ];
}

export function checkCatalogues(folder = here('i18n/')) {
  const evaluator = transformSync(readFileSync(here('src/i18n/evaluate.ts'), 'utf8'), { loader: 'ts', format: 'cjs' }).code;
  const module = { exports: {} };
  // The evaluator of the console itself: what it cannot read here it could not read there.
  new Function('module', 'exports', evaluator)(module, module.exports);
  const { parse } = module.exports;
  const places = (parts) => parts.flatMap((part) => (typeof part === 'string' ? [] : [part.name, ...[...part.cases.values()].flatMap(places)]));
  const wrong = [];
  /** All that a language says, in the areas in which it stands; nothing stands in two. */
  const said = (language) => {
    const areas = readdirSync(new URL(`${language}/`, folder)).map((file) => [file, JSON.parse(readFileSync(new URL(`${language}/${file}`, folder), 'utf8'))]);
    const keys = areas.flatMap(([, words]) => Object.keys(words));
    for (const key of new Set(keys.filter((key, index) => keys.indexOf(key) !== index))) wrong.push(`${language}: ${key} stands in two areas`);
    return { areas: areas.map(([file]) => file).sort().join(), words: Object.assign({}, ...areas.map(([, words]) => words)), places: new Map(areas.flatMap(([file, words]) => Object.keys(words).map((key) => [key, file]))) };
  };
  const catalogues = readdirSync(folder).map((language) => [language, said(language)]);
  const [, { words: english, areas, places: standing }] = catalogues.find(([language]) => language === 'en');
  const spelledOut = new Set(unwritten());
  const listed = catalogues.map(([language, { places: where }]) => [language, [...where].filter(([, area]) => area === 'names.json').map(([key]) => key).sort().join()]).filter(([, keys]) => keys);
  for (const [language, keys] of listed) if (keys !== listed[0][1]) wrong.push(`${language}: has other names than ${listed[0][0]}`);
  for (const [file, { words, areas: own, places: where }] of catalogues) {
    if (own !== areas) wrong.push(`${file}: has ${own}, not ${areas}`);
    for (const [key, area] of standing) if (where.has(key) && where.get(key) !== area) wrong.push(`${file}: ${key} stands in ${where.get(key)}, not in ${area}`);
    const wanted = file === 'en' ? Object.keys(english) : [...Object.keys(english), ...spelledOut];
    for (const key of new Set([...wanted, ...Object.keys(words)])) {
      // Names are stated where a browser does not know them.
      if (where.get(key) === 'names.json') continue;
      if (!(key in words)) wrong.push(`${file}: ${key} is missing`);
      else if (!(key in english) && !spelledOut.has(key)) wrong.push(`${file}: ${key} is not in English`);
      else {
        const own = [...new Set(places(parse(words[key])))].sort().join();
        const meant = [...new Set(places(parse(english[key] ?? '')))].sort().join();
        if (own !== meant) wrong.push(`${file}: ${key} has ${own || 'nothing'} in the place of ${meant || 'nothing'}`);
      }
    }
  }
  if (wrong.length) throw new Error(wrong.join('\n'));
}
