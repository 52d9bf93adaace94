// A language is complete or it is not there: the same keys, the same places, and messages that can be read.

import { readFileSync, readdirSync } from 'node:fs';
import { transformSync } from 'esbuild';

const here = (path) => new URL(path, import.meta.url);

export function checkCatalogues() {
  const source = transformSync(readFileSync(here('src/i18n/evaluate.ts'), 'utf8'), { loader: 'ts', format: 'cjs' }).code;
  const module = { exports: {} };
  // The evaluator of the console itself: what it cannot read here it could not read there.
  new Function('module', 'exports', source)(module, module.exports);
  const { parse } = module.exports;
  const places = (parts) => parts.flatMap((part) => (typeof part === 'string' ? [] : [part.name, ...[...part.cases.values()].flatMap(places)]));
  const catalogues = readdirSync(here('i18n')).map((file) => [file, JSON.parse(readFileSync(here(`i18n/${file}`), 'utf8'))]);
  const [, english] = catalogues.find(([file]) => file === 'en.json');
  const wrong = [];
  for (const [file, words] of catalogues) {
    for (const key of new Set([...Object.keys(english), ...Object.keys(words)])) {
      if (!(key in words)) wrong.push(`${file}: ${key} is missing`);
      else if (!(key in english)) wrong.push(`${file}: ${key} is not in English`);
      else {
        const own = [...new Set(places(parse(words[key])))].sort().join();
        const meant = [...new Set(places(parse(english[key])))].sort().join();
        if (own !== meant) wrong.push(`${file}: ${key} has ${own || 'nothing'} in the place of ${meant || 'nothing'}`);
      }
    }
  }
  if (wrong.length) throw new Error(wrong.join('\n'));
}
