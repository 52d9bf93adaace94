// The bundle, its list for the server, and the bars that it must keep.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { checkCatalogues } from './check-words.mjs';

const here = (path) => new URL(path, import.meta.url);
const isCheck = process.argv.includes('--check');
const dist = here('dist/');
/** Kilobytes, as they go over the line. */
const BARS = { start: 45, further: 25, all: 220, language: 75 };
const TYPES = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml', html: 'text/html; charset=utf-8' };

checkCatalogues();

/**
 * Words as one object: as esbuild reads JSON each message is a variable as well, which nobody imports. Keys that begin alike say that once: a
 * twentieth of what a language weighs.
 */
const words = {
  name: 'words',
  setup: ({ onLoad }) => onLoad({ filter: /[\\/]i18n[\\/].*\.json$/ }, ({ path }) => {
    const groups = {};
    for (const [key, text] of Object.entries(JSON.parse(readFileSync(path, 'utf8')))) {
      const at = key.indexOf('.');
      const group = key.slice(0, Math.max(at, 0));
      (groups[group] ??= {})[key.slice(at + 1)] = text;
    }
    const flat = relative(dirname(path), here('src/i18n/flat.ts').pathname);
    return { contents: `import { flat } from '${flat}';\nexport default flat(${JSON.stringify(groups)})`, loader: 'js' };
  }),
};

/** What screens are made of comes in one file, with the first of them: apart, each screen would name two dozen small ones, and wait for them. */
const screens = new Set([...readFileSync(here('src/later.tsx'), 'utf8').matchAll(/import\('\.\/(screens\/[\w/-]+)'\)/g)].map(([, path]) => here(`src/${path}.tsx`).pathname));
const together = {
  name: 'together',
  setup: ({ onLoad }) => onLoad({ filter: /[\\/]screens[\\/].*\.tsx$/ }, ({ path }) => {
    if (!screens.has(path)) return undefined;
    const others = readdirSync(here('src/ui/')).sort().map((file) => `import '${relative(dirname(path), here(`src/ui/${file}`).pathname)}';`);
    return { contents: [readFileSync(path, 'utf8'), ...others].join('\n'), loader: 'tsx' };
  }),
};

const made = await build({
  absWorkingDir: here('.').pathname,
  entryPoints: { console: 'src/main.tsx', style: 'src/style.css' },
  outdir: 'dist',
  entryNames: '[name]-[hash]',
  chunkNames: 'part-[hash]',
  bundle: true,
  plugins: [words, together],
  splitting: true,
  format: 'esm',
  minify: true,
  charset: 'utf8',
  legalComments: 'none',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  // With logical properties as they are written.
  target: ['chrome100', 'firefox115', 'safari15.4'],
  metafile: true,
  write: false,
  logLevel: 'warning',
});

const files = new Map(made.outputFiles.map((file) => [file.path.split('/').at(-1), file.text]));
const named = (start, end) => [...files.keys()].find((name) => name.startsWith(start) && name.endsWith(end));
const icon = readFileSync(here('src/icon.svg'), 'utf8');
const iconName = `icon-${createHash('sha256').update(icon).digest('hex').slice(0, 8)}.svg`;
files.set(iconName, icon);
/** What the script imports at once. The page names it, so that nobody waits for the script to say it: on a slow line that is a turn less. */
const imported = made.metafile.outputs[`dist/${named('console-', '.js')}`].imports.filter((one) => one.kind === 'import-statement').map((one) => one.path.split('/').at(-1));
const preload = imported.map((name) => `<link rel="modulepreload" href="/console/${name}">\n`).join('');
const page = readFileSync(here('src/index.html'), 'utf8');
files.set('index.html', page.replace('{icon}', iconName).replace('{style}', named('style-', '.css')).replace('{script}', named('console-', '.js')).replace('{imported}', preload));

const list = [...files.keys()].sort().map((name) => `    ("${name}", "${TYPES[name.split('.').at(-1)]}", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/console/dist/${name}"))),`);
files.set('files.rs', `// Written by console/build: not to be changed here.\n&[\n${list.join('\n')}\n]\n`);

/** What is loaded before the first screen: the script with all that it imports at once, the style, and the page. */
const atOnce = new Set([named('console-', '.js'), named('style-', '.css'), 'index.html', ...imported]);
const weight = (names) => [...names].reduce((sum, name) => sum + gzipSync(files.get(name), { level: 9 }).length, 0) / 1024;
const shipped = [...files.keys()].filter((name) => name !== 'files.rs');
const further = shipped.filter((name) => name.endsWith('.js') && !atOnce.has(name));
/** The words of a language that is chosen, by the file in which they went out: nobody loads those of two. */
const wordsOf = new Map(Object.entries(made.metafile.outputs).flatMap(([path, { inputs }]) => {
  const languages = new Set(Object.keys(inputs).map((input) => /^i18n\/(\w+)\//.exec(input)?.[1]));
  const [only] = languages;
  return languages.size === 1 && only && only !== 'en' ? [[path.split('/').at(-1), only]] : [];
}));
const ofLanguage = (language) => weight([...wordsOf].filter(([, one]) => one === language).map(([name]) => name));
const heaviest = Math.max(0, ...[...new Set(wordsOf.values())].map(ofLanguage));
const figures = {
  start: weight(atOnce),
  further: Math.max(0, ...further.map((name) => weight([name]))),
  // In English. Another language is loaded with the screens that are opened, and not whole.
  all: weight(shipped.filter((name) => !wordsOf.has(name))),
  language: heaviest,
};
console.log(Object.entries(figures).map(([name, size]) => `${name}: ${size.toFixed(1)} of ${BARS[name]} KB`).join(', '));
const over = Object.entries(figures).filter(([name, size]) => size > BARS[name]);
if (over.length) {
  console.error(`larger than it may be: ${over.map(([name]) => name).join(', ')}`);
  process.exit(1);
}
for (const [name, text] of files) {
  if (/dangerouslySetInnerHTML|\.innerHTML\b|\beval\(|new Function\(/.test(text) && name.endsWith('.js')) {
    // Preact itself knows the attribute; nothing of ours may use it.
    const ours = made.metafile.inputs;
    const guilty = Object.keys(ours).filter((path) => path.startsWith('src/') && /dangerouslySetInnerHTML|\.innerHTML\b|\beval\(|new Function\(/.test(readFileSync(here(path), 'utf8')));
    if (guilty.length) throw new Error(`text must never become markup: ${guilty.join(', ')}`);
  }
}

if (isCheck) {
  const known = new Map(readdirSync(dist).map((name) => [name, readFileSync(new URL(name, dist), 'utf8')]));
  const differs = [...new Set([...known.keys(), ...files.keys()])].filter((name) => known.get(name) !== files.get(name));
  if (differs.length) {
    console.error(`console/dist is not what the sources build (${differs.join(', ')}): run console/build, and commit what it writes`);
    process.exit(1);
  }
} else {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist);
  for (const [name, text] of files) writeFileSync(new URL(name, dist), text);
}
