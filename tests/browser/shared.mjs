// What the tests in a browser share: a browser that complains of every error and every request to somewhere else, and axe.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from 'playwright-core';

export const [address, ...others] = process.argv.slice(2);
const folder = others.includes('--screenshots') ? others[others.indexOf('--screenshots') + 1] : null;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
// Each entry: { page, rule, reason }. A violation that is not mended stands here with the reason, and goes when it is mended.
const allowed = JSON.parse(readFileSync(new URL('allowed.json', import.meta.url), 'utf8'));
const STANDARD = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export const LAUNCH = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
};
export const browser = await chromium.launch(LAUNCH);
export const complaints = [];
const used = new Set();

/** A fresh tab that notes every error and every request to somewhere else. */
export async function tab(view) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...view });
  const page = await context.newPage();
  page.on('console', (message) => {
    // The browser reports an answer of 4xx itself; those are part of the story.
    const isAnswer = message.text().startsWith('Failed to load resource') && message.location().url.includes('/v1/');
    if (['error', 'warning'].includes(message.type()) && !isAnswer) complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  page.on('request', (request) => {
    if (![`${address}/`, `blob:${address}/`, 'data:'].some((own) => request.url().startsWith(own))) complaints.push(`request to ${request.url()}`);
    if (/token|password|code/i.test(new URL(request.url()).search)) complaints.push(`a secret in ${request.url()}`);
  });
  return page;
}

export async function look(page, name) {
  await page.evaluate(axe);
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    const found = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: tags }), STANDARD);
    assert.ok(found.passes.length > 5, `${name}: axe looked at nothing`);
    for (const violation of found.violations) {
      const exception = allowed.find((entry) => entry.page === name && entry.rule === violation.id);
      if (exception) used.add(exception);
      else complaints.push(`axe, ${name}, ${scheme}: ${violation.id} (${violation.nodes.length}): ${violation.help}\n      ${violation.nodes[0].html.slice(0, 200)}\n      ${violation.nodes[0].failureSummary}`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (tooWide > 0) complaints.push(`${name} is ${tooWide} pixels wider than the screen`);
  await picture(page, name);
}

async function picture(page, name) {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: (page.viewportSize()?.width ?? 0) < 600 ? false : true });
}

export async function step(name, work) {
  const started = Date.now();
  await work();
  console.log(`ok  ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

/** Ends the browser, and the run with what was found. `says` is the last line when nothing was. */
export async function finish(says, mayBeUnused = false) {
  await browser.close();
  const unused = mayBeUnused ? [] : allowed.filter((entry) => !used.has(entry));
  if (unused.length) complaints.push(`take out of allowed.json, it is not needed any more: ${JSON.stringify(unused)}`);
  if (complaints.length) {
    console.error([...new Set(complaints)].map((complaint) => `  - ${complaint}`).join('\n'));
    process.exit(1);
  }
  console.log(says);
}
