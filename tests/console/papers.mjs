// What is printed and saved: the slip, the dossier, the papers that others keep, the manifest as a page and as a table.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { address, complaints, look, step } from './shared.mjs';
import { OFFICER, PHONE, api, console_, heading, nothingElseIsKept, passwordOf, signIn } from './staff.mjs';
import { atClearing, plane } from './travelling.mjs';

/** The frame of a paper, once what is in it is there: a page of the server in its own style, with nothing in it that runs. */
async function paper(page, title) {
  await page.locator(`iframe[title="${title}"]`).waitFor({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Print' }).and(page.locator(':enabled')).waitFor({ timeout: 30_000 });
  const found = await page.evaluate(() => {
    const frame = document.querySelector('iframe');
    const all = [...frame.contentDocument.querySelectorAll('*')];
    return {
      sandbox: frame.getAttribute('sandbox'),
      scripts: all.filter((one) => one.localName === 'script' || [...one.attributes].some(({ name, value }) => /^on/i.test(name) || /^\s*javascript:/i.test(value))).length,
      border: getComputedStyle(frame.contentDocument.querySelector('footer')).borderTopStyle,
    };
  });
  assert.deepEqual(found, { sandbox: 'allow-same-origin allow-modals', scripts: 0, border: 'solid' });
  return page.frameLocator(`iframe[title="${title}"]`);
}

/** Notes what is printed instead of opening the dialog of the browser, and which addresses of papers are still open. */
async function watch(page) {
  await page.addInitScript(() => {
    globalThis.printed = [];
    globalThis.openPapers = new Set();
    const [make, revoke] = [URL.createObjectURL, URL.revokeObjectURL];
    URL.createObjectURL = (file) => {
      const made = make.call(URL, file);
      globalThis.openPapers.add(made);
      return made;
    };
    URL.revokeObjectURL = (made) => {
      globalThis.openPapers.delete(made);
      revoke.call(URL, made);
    };
    print = () => globalThis.printed.push('the page');
  });
  await page.reload();
}

const printedIn = (page) => page.evaluate(() => {
  const frame = document.querySelector('iframe');
  frame.contentWindow.print = () => globalThis.printed.push(frame.title);
});

/** The tools of this test run a script in every frame, and in that of a paper, which `paper` found to hold none, it is stopped: of what was
 *  complained of since then that is no fault. */
function forgive(since) {
  const own = (complaint) => new RegExp(`^console: Blocked script execution in 'blob:${address}/[0-9a-f-]+' because the document's frame is sandboxed`).test(complaint);
  for (let at = complaints.length - 1; at >= since; at -= 1) if (own(complaints[at])) complaints.splice(at, 1);
}

export async function papers() {
  const ask = await api(OFFICER);
  let person;

  await step('the dossier asks who one is, is printed from a frame, and is gone with it', async () => {
    const since = complaints.length;
    person = await atClearing(ask, { given_name: 'Amina', family_name: 'Wanjiru', original_script_name: 'أمينة' });
    const page = await console_();
    await watch(page);
    await signIn(page, OFFICER);
    await page.goto(`${address}/console/#/cases/${person.id}`);
    await page.reload();
    await page.getByRole('link', { name: 'Dossier' }).click({ timeout: 30_000 });
    const proof = page.getByRole('dialog', { name: 'Enter your password again' });
    await proof.waitFor({ timeout: 30_000 });
    await page.keyboard.press('Escape');
    await proof.waitFor({ state: 'hidden' });
    assert.equal(await page.locator('iframe').count(), 0, 'nothing without a proof');
    await page.getByRole('button', { name: 'Try again' }).click();
    await proof.locator('input[type=password]').fill(passwordOf(OFFICER));
    await page.keyboard.press('Enter');
    const sheet = await paper(page, 'Dossier');
    await sheet.getByRole('heading', { name: 'Amina Wanjiru' }).waitFor({ timeout: 30_000 });
    await sheet.getByText('Printed by Officer, Indonesian embassy').first().waitFor();
    await look(page, 'console-dossier');
    assert.equal(await page.evaluate(() => document.querySelector('iframe').sandbox.contains('allow-scripts')), false);
    await printedIn(page);
    await page.getByRole('button', { name: 'Print' }).click();
    assert.deepEqual(await page.evaluate(() => [globalThis.printed, globalThis.openPapers.size]), [['Dossier'], 1], 'the paper is printed, and not the page around it');
    await page.getByRole('link', { name: 'Back to the case' }).click();
    await heading(page, 'Amina Wanjiru');
    assert.equal(await page.evaluate(() => globalThis.openPapers.size), 0, 'its address is gone');
    assert.ok(!/amina/i.test(page.url()));
    await nothingElseIsKept(page);
    await page.context().close();
    forgive(since);
  });

  await step('the slip has the code and the name, and is printed alone', async () => {
    const page = await console_(PHONE);
    await watch(page);
    await signIn(page, OFFICER);
    await page.goto(`${address}/console/#/cases/${person.id}`);
    await page.getByRole('link', { name: 'Slip with the code' }).click({ timeout: 30_000 });
    await heading(page, 'Slip with the code');
    await look(page, 'console-slip-phone');
    await page.getByRole('button', { name: 'Print' }).click();
    assert.deepEqual(await page.evaluate(() => globalThis.printed), ['the page']);
    await page.emulateMedia({ media: 'print' });
    const shown = (await page.locator('main').innerText()).split('\n').map((line) => line.trim()).filter(Boolean);
    assert.deepEqual(shown.slice(0, 2), [person.code, 'Amina Wanjiru']);
    assert.equal(shown.length, 3, `nothing else of her is on it: ${shown}`);
    await page.emulateMedia({ media: 'screen' });
    await page.context().close();
  });

  await step('the letter, the application and the form for a yes or no are pages to print', async () => {
    const since = complaints.length;
    const page = await console_();
    await watch(page);
    await signIn(page, OFFICER);
    await page.goto(`${address}/console/#/cases/${person.id}`);
    await page.getByRole('link', { name: 'Letter to the authorities' }).click({ timeout: 30_000 });
    const open = await paper(page, 'Letter to the authorities');
    await open.getByText('Amina Wanjiru (أمينة)').waitFor({ timeout: 30_000 });
    assert.equal(await open.getByText('☐').count(), 3, 'one box for each thing that can be asked');
    await page.getByRole('link', { name: 'For release' }).click();
    const release = await paper(page, 'Letter to the authorities');
    await release.getByText('release each person').waitFor({ timeout: 30_000 });
    await release.getByText('Held at, since').waitFor();
    assert.equal(await release.getByText('☐').count(), 0);
    await look(page, 'console-letter');
    await page.getByRole('link', { name: 'Back to the case' }).click();
    await page.getByRole('link', { name: 'Application for a travel document' }).click();
    const application = await paper(page, 'Application for a travel document');
    await application.getByText('to be filled in by hand').first().waitFor({ timeout: 30_000 });
    await look(page, 'console-application');
    await page.getByRole('link', { name: 'Back to the case' }).click();
    await page.getByRole('link', { name: 'Consent form' }).click();
    const form = await paper(page, 'Consent form');
    await form.getByText('☐ You get help whether you say yes or no.').waitFor({ timeout: 30_000 });
    await look(page, 'console-consent-form');
    await nothingElseIsKept(page);
    await page.context().close();
    forgive(since);
  });

  await step('the manifest is a page to print, and a table whose name tells nothing', async () => {
    const since = complaints.length;
    const id = await plane(ask, 'Flight 12', [person]);
    const page = await console_();
    await watch(page);
    await signIn(page, OFFICER);
    await page.goto(`${address}/console/#/travel/${id}`);
    await page.getByRole('link', { name: 'Manifest to print' }).click({ timeout: 30_000 });
    const sheet = await paper(page, 'Manifest to print');
    await sheet.getByRole('cell', { name: 'Amina Wanjiru' }).waitFor({ timeout: 30_000 });
    await look(page, 'console-manifest');
    await page.getByRole('link', { name: 'Back to the journey' }).click();
    await heading(page, 'Flight 12');
    await page.getByRole('link', { name: 'Letter to the authorities' }).click();
    const letter = await paper(page, 'Letter to the authorities');
    await letter.getByRole('cell', { name: 'Amina Wanjiru (أمينة)' }).waitFor({ timeout: 30_000 });
    await look(page, 'console-letter-of-batch');
    await page.getByRole('link', { name: 'Back to the journey' }).click();
    await heading(page, 'Flight 12');
    await page.getByRole('button', { name: 'Manifest as a table' }).click();
    await page.getByText('stays on this computer').waitFor({ timeout: 30_000 });
    await look(page, 'console-manifest-table');
    const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Save the file here' }).click()]);
    assert.match(saved.suggestedFilename(), /^manifest-\d{4}-\d\d-\d\d\.csv$/);
    const table = readFileSync(await saved.path());
    assert.deepEqual([...table.subarray(0, 3)], [0xef, 0xbb, 0xbf], 'as it came, so that a spreadsheet reads every script');
    assert.ok(table.toString().includes('Amina Wanjiru'));
    assert.equal(await page.evaluate(() => globalThis.openPapers.size), 1, 'the table has an address while it is shown');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await heading(page, 'Sign in');
    assert.equal(await page.evaluate(() => globalThis.openPapers.size), 0);
    await page.context().close();
    forgive(since);
  });
}
