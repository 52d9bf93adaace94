// What is left in the folder of the browser of a computer that several share: nothing of anybody. Searched byte for byte, after a browser
// that was closed in the middle of the work, and after a sign-out.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { LAUNCH, address, step } from './shared.mjs';
import { OFFICER, heading, openRegister, passwordOf, sealedHere, sessionIsGone, signIn } from './staff.mjs';

/** What is typed, in the scripts of those who come. */
const PERSON = { given: 'Zulqarwexil', family: 'ស៊ុនកាណារី', script: '林雅婷鶴', number: 'QX7719935', phone: '0129988776' };
const NEEDS = 'กานารีต้องการหมอ';
const SOUGHT = 'Võng Cảnhbáo';
const SECRETS = [...Object.values(PERSON), NEEDS, SOUGHT, OFFICER, passwordOf(OFFICER)];
/** What is left there on purpose, so that a search that finds nothing is known to look. */
const PLANTED = { store: 'Absichtlichhier', base: '故意留下的', title: 'Titelmitabsicht' };

/** The browser itself notes whom it offered to keep a password for, and no page can forbid it: the name of an officer, and no password. */
const BY_THE_BROWSER = `${OFFICER} in ${path.join('Default', 'Login Data')}`;

/** A text as it may lie on a disk. The blocks of LevelDB that were merged are compressed (snappy): a text that came before in the same block
 *  is not seen there, its first occurrence is. Of what a browser encrypts nothing is seen; this one has no key store to do it with. */
const shapes = (text) => {
  const wide = Buffer.from(text, 'utf16le');
  return [Buffer.from(text), wide, Buffer.from(wide).swap16(), Buffer.from(encodeURIComponent(text))];
};

function filesIn(folder) {
  return readdirSync(folder, { recursive: true }).map((name) => path.join(folder, name)).filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
}

/** Which of these texts are in a folder, and where. */
function foundIn(folder, texts) {
  const files = filesIn(folder).map((file) => [path.relative(folder, file), readFileSync(file)]);
  assert.ok(files.length > 20, `a folder with ${files.length} files is none of a browser`);
  return texts.flatMap((text) => files.filter(([file, bytes]) => file.includes(text) || shapes(text).some((shape) => bytes.includes(shape))).map(([file]) => `${text} in ${file}`));
}

const secretsIn = (folder) => foundIn(folder, SECRETS).filter((one) => one !== BY_THE_BROWSER);

/** A browser that keeps what browsers keep, also pages that it could show again at once. */
async function open(folder) {
  const context = await chromium.launchPersistentContext(folder, { ...LAUNCH, ignoreDefaultArgs: ['--disable-back-forward-cache'], viewport: { width: 1280, height: 900 } });
  const [page] = context.pages();
  page.on('dialog', (dialog) => void dialog.accept());
  return { context, page };
}

async function plant(page) {
  await page.evaluate(async ({ store, base, title }) => {
    localStorage.setItem('planted', store);
    document.title = title;
    const asked = indexedDB.open('planted', 1);
    await new Promise((done) => {
      asked.onupgradeneeded = () => void asked.result.createObjectStore('planted');
      asked.onsuccess = () => {
        const act = asked.result.transaction('planted', 'readwrite');
        act.objectStore('planted').put(base, 1);
        act.oncomplete = done;
      };
    });
  }, PLANTED);
}

/** In the page: whether a text stands in a field. */
const isTyped = (text) => [...document.querySelectorAll('textarea, input')].some((one) => one.value === text);

/** The accounts of a demo stand on its sign-in for everybody. */
const showsNothing = async (page, when) => {
  const text = await page.evaluate(() => {
    const copy = document.documentElement.cloneNode(true);
    for (const one of copy.querySelectorAll('[aria-labelledby="demo"], meta[name="homeward-demo"]')) one.remove();
    return copy.outerHTML;
  });
  for (const secret of SECRETS) assert.ok(!text.includes(secret), `${secret} ${when}`);
};

export async function leftovers() {
  const folder = mkdtempSync(path.join(tmpdir(), 'homeward-browser-'));
  let at = '';
  try {
    await step('a browser that is closed in the middle of the work keeps nothing of anybody in its folder', async () => {
      const { context, page } = await open(folder);
      await page.goto(`${address}/console/`);
      await signIn(page, OFFICER);
      await openRegister(page);
      await page.locator('main details summary').click();
      for (const [field, text] of [['given_name', PERSON.given], ['family_name', PERSON.family], ['original_script_name', PERSON.script], ['documents/0/number', PERSON.number]]) await page.locator(`[name="/identity/${field}"]`).fill(text);
      await page.locator('[name="/contact/phones/0/number"]').fill(PERSON.phone);
      await page.keyboard.press('Control+Enter');
      await heading(page, 'Registered');
      await page.keyboard.press('Enter');
      await heading(page, PERSON.given);
      at = page.url();
      await page.getByText(PERSON.number).waitFor();
      await page.getByRole('link', { name: 'People' }).click();
      await page.getByLabel('Name, in any script').fill(SOUGHT);
      await page.keyboard.press('Enter');
      await page.getByRole('status').filter({ hasText: 'found' }).waitFor({ timeout: 60_000 });
      await page.goto(`${at}?form=case&field=health.immediate_needs`);
      await page.getByLabel('Needs now').fill(NEEDS);
      for (let tries = 0; tries < 100 && !(await sealedHere(page)).some((one) => one.kind === 'draft'); tries += 1) await page.waitForTimeout(50);
      assert.equal((await sealedHere(page)).filter((one) => one.kind === 'draft').length, 1, 'the draft is kept, sealed');
      await context.close();
      assert.deepEqual(secretsIn(folder), []);
    });

    await step('opened again it shows nothing before a sign-in, and then what was typed', async () => {
      const { context, page } = await open(folder);
      await page.goto(at);
      await heading(page, 'Sign in');
      await showsNothing(page, 'before the sign-in');
      await signIn(page, OFFICER);
      await page.goto(`${at}?form=case&field=health.immediate_needs`);
      await page.waitForFunction(isTyped, NEEDS, { timeout: 30_000 });

      // Another page over it, which the browser may keep with everything that it shows; then a sign-out beside it.
      await page.goto(`${address}/docs/`);
      const other = await context.newPage();
      other.on('dialog', (dialog) => void dialog.accept());
      await other.goto(`${at}?form=case&field=health.immediate_needs`);
      await other.waitForFunction(isTyped, NEEDS, { timeout: 30_000 });
      await other.getByRole('button', { name: 'Sign out' }).click({ timeout: 30_000 });
      await heading(other, 'Sign in');
      await sessionIsGone(other);
      await page.evaluate(() => { history.back(); });
      await heading(page, 'Sign in');
      await showsNothing(page, 'behind Back');
      const again = await context.newPage();
      await again.goto(at);
      await heading(again, 'Sign in');
      await showsNothing(again, 'in a tab that is opened again');
      assert.deepEqual(await sealedHere(again), [], 'the sign-out takes along what it asked about');
      await plant(again);
      await context.close();
      assert.deepEqual(secretsIn(folder), []);
      for (const text of Object.values(PLANTED)) assert.ok(foundIn(folder, [text]).length, `${text} is not seen, though it is there`);
    });
  } finally {
    // A process of the browser may still write its last file.
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  }
}
