// Which file may know which: each part of the console stands in its room.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { test } from 'node:test';

const root = new URL('../src/', import.meta.url);
const files = new Map(readdirSync(root, { recursive: true }).map((path) => path.replaceAll('\\', '/')).filter((path) => /\.tsx?$/.test(path) && !path.startsWith('generated/')).map((path) => [path, readFileSync(new URL(path, root), 'utf8')]));

/** What files import from each other, at once or later, types too; each by its path without an end, as it is written. */
function importsOf(all) {
  const named = new Map([...all.keys()].map((path) => [path.replace(/(\/index)?\.tsx?$/, ''), path]));
  return new Map([...all].map(([path, text]) => {
    const written = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)'/g)].map(([, to]) => posix.join(posix.dirname(path), to));
    return [path, written.map((to) => named.get(to) ?? to)];
  }));
}

/** Files that lead back to themselves, each with the way. */
function circles(imports) {
  const found = [];
  const done = new Set();
  const walk = (path, way) => {
    if (way.includes(path)) return void found.push([...way.slice(way.indexOf(path)), path].join(' → '));
    if (done.has(path)) return;
    for (const to of imports.get(path) ?? []) walk(to, [...way, path]);
    done.add(path);
  };
  for (const path of imports.keys()) walk(path, []);
  return found;
}

const imports = importsOf(files);
/** What stands in a room and knows what it should not. */
const strangers = (room, isStrange) => [...imports].filter(([path]) => path.startsWith(room)).flatMap(([path, known]) => known.filter(isStrange).map((to) => `${path} knows ${to}`));

test('the check of rooms sees what it is for', () => {
  const some = importsOf(new Map([['a.ts', "import type { B } from './b';"], ['b.ts', "export { c } from './in/c';"], ['in/c.tsx', "const a = await import('../a');"], ['d.ts', "import './a';"]]));
  assert.deepEqual(circles(some), ['a.ts → b.ts → in/c.tsx → a.ts']);
  assert.ok(files.size > 100 && [...imports.values()].flat().filter((to) => files.has(to)).length > 500, 'and there is much to see');
});

test('no two files need each other', () => {
  // The list of screens is read by what it lists, for a type alone.
  const listed = new Map([...imports].map(([path, known]) => [path, path === 'later.tsx' ? known.filter((to) => !to.startsWith('screens/')) : known]));
  assert.deepEqual(circles(listed), []);
});

test('fields and tables know no operation, no form, no screen and nobody who is signed in', () => {
  assert.deepEqual(strangers('ui/', (to) => /^(screens|forms|session)\/|^generated\/operations$|^api\/(?!problem)/.test(to)), []);
});

test('forms and what is below them know no screen', () => {
  for (const room of ['forms/', 'charts/', 'map/', 'session/', 'api/', 'i18n/']) assert.deepEqual(strangers(room, (to) => to.startsWith('screens/')), []);
});

test('one part asks the server, and one keeps things', () => {
  const wrong = (isAllowed, uses) => [...files].filter(([path, text]) => !isAllowed.test(path) && uses.test(text)).map(([path]) => path);
  assert.deepEqual(wrong(/^api\//, /\bfetch\(/), []);
  assert.deepEqual(wrong(/^session\//, /\b(localStorage|sessionStorage|indexedDB)\b/), []);
});
