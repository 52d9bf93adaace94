// Sources of the console as a module of this process.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export async function bundled(contents) {
  const root = new URL('..', import.meta.url);
  const made = await build({
    absWorkingDir: root.pathname, stdin: { contents, resolveDir: root.pathname, loader: 'ts' },
    bundle: true, format: 'esm', write: false, jsx: 'automatic', jsxImportSource: 'preact', platform: 'neutral', mainFields: ['module', 'main'],
  });
  // A file, so that what fails is named by its line.
  const folder = mkdtempSync(join(tmpdir(), 'homeward-console-'));
  try {
    writeFileSync(join(folder, 'made.mjs'), made.outputFiles[0].text);
    return await import(pathToFileURL(join(folder, 'made.mjs')).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
