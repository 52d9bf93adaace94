// What was typed and not sent outlives a reload and a crash, sealed, and is there for whoever typed it and nobody else.

import assert from 'node:assert/strict';
import { colleague } from './accounts.mjs';
import { address, look, step } from './shared.mjs';
import { OFFICER, allIsKept, console_, passwordOf, signIn, api, named, nothingElseIsKept, sealedHere, openRegister, heading, until } from './staff.mjs';

/** Waits until the browser keeps so many. */
const areKept = (page, count, kind) =>
  until(async () => {
    const kept = (await sealedHere(page)).filter((one) => one.kind === kind);
    return kept.length === count ? kept : null;
  }, `${count} of ${kind}`);

/** Whether words are anywhere on the page, typed into a field or not. */
const has = (page, words) => page.evaluate((sought) => document.documentElement.outerHTML.includes(sought) || [...document.querySelectorAll('input, textarea')].some((one) => one.value.includes(sought)), words);
const comes = (page, words) => until(() => has(page, words), words);

/** The process of the tab dies as it stands; with the browser, its session would go too. */
async function crash(page) {
  const context = page.context();
  const dead = page.waitForEvent('crash');
  const tools = await context.newCDPSession(page);
  // Nothing is left to answer.
  tools.send('Page.crash').catch(() => {});
  await dead;
  await page.close();
  await context.clearCookies();
}

/** A new tab of the same browser, and the keys of the registrations that it sends. */
async function reopened(context) {
  const page = await context.newPage();
  page.on('dialog', (dialog) => void dialog.accept());
  const sent = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && new URL(request.url()).pathname === '/v1/cases') sent.push(request.headers()['idempotency-key']);
  });
  await page.goto(`${address}/console/`);
  return { page, sent };
}

const KITES = 'three grey kites above the bay';
/** Another officer of the same embassy, beside the browser: what they find is no echo of what the first one sent. */
async function anotherOfficer(username) {
  const { organisation_id } = (await (await api(OFFICER))('GET', '/v1/me')).body;
  return colleague(username, 'embassy_officer', KITES, organisation_id);
}

/** A tab whose time passes when the story says so. */
const patient = () => console_({}, (made) => made.clock.install());
/** Nobody touches the page until it ends. */
async function unused(page) {
  await allIsKept(page);
  await page.clock.fastForward('15:30');
  await heading(page, 'Sign in');
}
async function signOut(page) {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await heading(page, 'Sign in');
}
async function openCases(page) {
  await page.getByRole('link', { name: 'Cases' }).click();
  await heading(page, 'Cases');
}
/** Makes what is kept here older by days, as whoever copies the disk would see it. */
const age = (page, days) => page.evaluate(async (hours) => {
  const asked = (it) => new Promise((done, fail) => { it.onsuccess = () => done(it.result); it.onerror = () => fail(it.error); });
  const base = await asked(indexedDB.open('homeward'));
  const store = base.transaction('kept', 'readwrite').objectStore('kept');
  for (const one of await asked(store.getAll())) await asked(store.put({ ...one, at: one.at - hours * 3_600_000 }));
  base.close();
}, days * 24);

async function reloads() {
  await step('a form that was being typed is there after a reload, and asks nothing before it', async () => {
    const page = await console_();
    let questions = 0;
    page.on('dialog', () => { questions += 1; });
    await signIn(page, OFFICER);
    await openRegister(page);
    await page.getByLabel('Given name').fill('Oyunbileg');
    const [one] = await areKept(page, 1, 'draft');
    assert.ok(!one.text.includes('Oyunbileg'), 'in clear');
    await allIsKept(page);
    await page.reload();
    await heading(page, 'Register');
    await comes(page, 'Oyunbileg');
    assert.equal(questions, 0, 'nothing would have been lost');
    await areKept(page, 1, 'draft');
    await nothingElseIsKept(page);
    await page.getByLabel('Given name').fill('');
    await areKept(page, 0, 'draft');
    await page.context().close();
  });
}

async function answersLost(colleagues) {
  await step('a registration that arrived, and whose answer was lost in a crash, is one case, and under nobody else', async () => {
    const page = await console_();
    await signIn(page, OFFICER);
    await openRegister(page);
    const keys = [];
    await page.route('**/v1/cases', async (route) => {
      if (route.request().method() !== 'POST') return route.fallback();
      // It arrives, and the case is made; the answer does not come back.
      const answer = await route.fetch();
      if (answer.status() === 201) keys.push(route.request().headers()['idempotency-key']);
      return route.abort('connectionreset');
    });
    await page.getByLabel('Given name').fill('Bayarmaa');
    await page.keyboard.press('Control+Enter');
    await heading(page, 'Waiting for the line');
    const [one] = await areKept(page, 1, 'unsent');
    assert.ok(!one.text.includes('Bayarmaa'), 'in clear');
    const [made, ...more] = await named(colleagues, 'Bayarmaa');
    assert.ok(made && !more.length, 'the server made the case before the answer was lost');
    const context = page.context();
    await crash(page);

    const { page: other, sent } = await reopened(context);
    await other.getByText('One registration that was not sent waits here').waitFor({ timeout: 30_000 });
    await look(other, 'console-waiting');
    assert.ok(!(await has(other, 'Bayarmaa')));
    await signIn(other, 'officer.vnm');
    await openRegister(other);
    assert.ok(!(await has(other, 'Bayarmaa')), 'shown to somebody else');
    await other.getByRole('button', { name: 'Sign out' }).click();
    await heading(other, 'Sign in');
    assert.equal((await sealedHere(other)).length, 1, 'their sign-out takes along what is theirs, and nothing else');
    assert.deepEqual(sent, [], 'sent by somebody else');

    await signIn(other, OFFICER);
    await areKept(other, 0, 'unsent');
    await other.getByText('All registrations are sent').click();
    await other.getByRole('listitem').filter({ hasText: 'Bayarmaa' }).getByRole('link', { name: made.code }).waitFor();
    assert.deepEqual([sent, new Set(keys).size], [[keys[0]], 1], 'sent anew under the key of before');
    await other.reload();
    await heading(other, 'Today');
    assert.deepEqual((await named(colleagues, 'Bayarmaa')).map((each) => each.code), [made.code], 'registered, and once');
    await nothingElseIsKept(other);
    await context.close();
  });
}

async function crashes(colleagues) {
  await step('a draft and what waits for a line outlive a crash and another user, and come back to their own', async () => {
    const page = await console_();
    await signIn(page, OFFICER);
    await openRegister(page);
    await page.route('**/v1/cases', (route) => (route.request().method() === 'POST' ? route.abort('internetdisconnected') : route.fallback()));
    await page.getByLabel('Given name').fill('Sarnai');
    await page.keyboard.press('Control+Enter');
    await heading(page, 'Waiting for the line');
    await page.keyboard.press('n');
    await page.getByLabel('Given name').fill('Tuvshin');
    await page.getByLabel('Born').fill('3/1999');
    await areKept(page, 1, 'unsent');
    await areKept(page, 1, 'draft');
    await allIsKept(page);
    assert.deepEqual(await named(colleagues, 'Sarnai'), [], 'no line, no case');
    const context = page.context();
    await crash(page);

    // Somebody else sits down here, types in the same form, and leaves.
    const { page: other, sent } = await reopened(context);
    await signIn(other, 'officer.vnm');
    await openRegister(other);
    for (const name of ['Sarnai', 'Tuvshin']) assert.ok(!(await has(other, name)), `${name} is shown to somebody else`);
    assert.deepEqual(await Promise.all(['Given name', 'Born'].map((label) => other.getByLabel(label).inputValue())), ['', '']);
    await other.getByLabel('Given name').fill('Thu Trang');
    await areKept(other, 2, 'draft');
    await other.getByRole('button', { name: 'Sign out' }).click();
    await heading(other, 'Sign in');
    await areKept(other, 1, 'draft');
    await areKept(other, 1, 'unsent');
    assert.deepEqual([sent, await named(colleagues, 'Sarnai')], [[], []], 'nobody else sends it');

    await signIn(other, OFFICER);
    await areKept(other, 0, 'unsent');
    await openRegister(other);
    await comes(other, 'Tuvshin');
    assert.deepEqual(await Promise.all(['Given name', 'Born'].map((label) => other.getByLabel(label).inputValue())), ['Tuvshin', '3/1999']);
    assert.ok(!(await has(other, 'Thu Trang')));
    assert.equal(sent.length, 1, 'sent once');
    await other.getByText('All registrations are sent').click();
    const link = other.getByRole('listitem').filter({ hasText: 'Sarnai' }).getByRole('link');
    const code = await link.textContent();
    assert.deepEqual((await named(colleagues, 'Sarnai')).map((one) => one.code), [code], 'registered, and once');
    // What came back is a draft as any other: it becomes a case of its own.
    await other.getByLabel('Given name').press('Control+Enter');
    await heading(other, 'Registered');
    await areKept(other, 0, 'draft');
    assert.equal((await named(colleagues, 'Tuvshin')).length, 1);
    assert.equal(new Set(sent).size, 2);
    await nothingElseIsKept(other);
    await context.close();
  });
}

async function signOuts() {
  await step('a sign-out takes along what is on screen, and neither what nobody took up nor the older of two drafts', async () => {
    const page = await patient();
    await signIn(page, OFFICER);
    await openRegister(page);
    await page.getByLabel('Given name').fill('Solongo');
    await areKept(page, 1, 'draft');
    const second = await page.context().newPage();
    await second.goto(`${address}/console/`);
    await openRegister(second);
    assert.ok(!(await has(second, 'Solongo')), 'a second tab takes what is typed in the first');
    await second.getByLabel('Given name').fill('Davaa');
    await areKept(page, 2, 'draft');
    await allIsKept(second);
    await unused(page);
    await heading(second, 'Sign in');
    await second.close();

    await signIn(page, OFFICER);
    await openCases(page);
    await signOut(page);
    await signIn(page, OFFICER);
    await openRegister(page);
    await comes(page, 'Davaa');
    assert.ok(!(await has(page, 'Solongo')), 'two in one form');
    await signOut(page);
    await areKept(page, 1, 'draft');

    // Whoever signs in over their page has still not taken up what waits for them.
    await signIn(page, OFFICER);
    await heading(page, 'Today');
    assert.equal((await (await api(OFFICER))('DELETE', '/v1/auth/sessions')).status, 204);
    await page.getByRole('link', { name: 'Cases' }).click();
    await page.getByRole('dialog', { name: 'Sign in again' }).locator('input[type=password]').fill(passwordOf(OFFICER));
    await page.keyboard.press('Enter');
    await page.locator('tbody th a').first().waitFor({ timeout: 30_000 });
    await openRegister(page);
    await comes(page, 'Solongo');
    await page.getByLabel('Given name').fill('');
    await areKept(page, 0, 'draft');
    await nothingElseIsKept(page);
    await page.context().close();
  });
}

async function gone() {
  await step('of a case that is not there any more nothing stays, neither what is on screen nor what waited to be taken up', async () => {
    const page = await patient();
    await signIn(page, OFFICER);
    await openCases(page);
    const at = await page.locator('tbody th a').first().getAttribute('href', { timeout: 30_000 });
    const second = await page.context().newPage();
    await second.goto(`${address}/console/`);
    for (const [tab, words] of [[page, 'A bed for tonight'], [second, 'A doctor']]) {
      await tab.goto(`${address}/console/${at}`);
      await tab.getByRole('link', { name: 'Change the facts' }).click();
      await tab.getByLabel('Needs now').fill(words);
    }
    await areKept(page, 2, 'draft');
    await allIsKept(second);
    await unused(page);
    await heading(second, 'Sign in');
    await second.close();

    await signIn(page, OFFICER);
    await page.route(`**/v1/cases/${at.split('/').at(-1)}`, (route) => route.fulfill({ status: 404, contentType: 'application/problem+json', body: '{"status":404,"code":"not_found"}' }));
    await page.goto(`${address}/console/${at}`);
    await heading(page, 'There is no such case');
    await areKept(page, 0, 'draft');
    await page.context().close();
  });
}

async function clocks() {
  await step('a registration that waits goes by no clock of a browser, and after two months by that of the server', async () => {
    const page = await console_();
    await signIn(page, OFFICER);
    await openRegister(page);
    await page.route('**/v1/cases', (route) => (route.request().method() === 'POST' ? route.abort('internetdisconnected') : route.fallback()));
    await page.getByLabel('Given name').fill('Nomin');
    await page.keyboard.press('Control+Enter');
    await heading(page, 'Waiting for the line');
    await areKept(page, 1, 'unsent');
    const context = page.context();
    await crash(page);

    await context.clock.install({ time: Date.now() + 365 * 24 * 3_600_000 });
    const { page: other, sent } = await reopened(context);
    const waits = other.getByText('One registration that was not sent waits here');
    await waits.waitFor({ timeout: 30_000 });
    await signIn(other, 'officer.vnm');
    await signOut(other);
    await waits.waitFor({ timeout: 30_000 });
    await age(other, 61);
    await other.reload();
    await waits.waitFor({ timeout: 30_000 });
    await signIn(other, 'officer.vnm');
    await areKept(other, 0, 'unsent');
    assert.deepEqual(sent, []);
    await context.close();
  });
}

async function passwords(username, ask) {
  await step('what was sealed before the password changed, and changed again, opens after it', async () => {
    const page = await patient();
    await signIn(page, username, KITES);
    await openRegister(page);
    await page.getByLabel('Given name').fill('Altantsetseg');
    await areKept(page, 1, 'draft');
    await unused(page);
    const [second, third] = ['four brown kites above the bay', 'five white kites above the bay'];
    assert.equal((await ask('POST', '/v1/auth/password', { current_password: KITES, new_password: second })).status, 204);
    assert.equal((await (await api(username, second))('POST', '/v1/auth/password', { current_password: second, new_password: third })).status, 204);
    await signIn(page, username, third);
    await openRegister(page);
    await comes(page, 'Altantsetseg');
    await page.context().close();
  });
}

export async function kept() {
  await reloads();
  const username = `sari.${Date.now().toString(36)}`;
  const colleagues = await anotherOfficer(username);
  await answersLost(colleagues);
  await crashes(colleagues);
  await signOuts();
  await gone();
  await clocks();
  await passwords(username, colleagues);
}
