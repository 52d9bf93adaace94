// What was typed and not sent outlives a reload and a crash, sealed, and is there for whoever typed it and nobody else.

import assert from 'node:assert/strict';
import { colleague } from './accounts.mjs';
import { address, look, step } from './shared.mjs';
import { OFFICER, allIsKept, console_, signIn, api, named, nothingElseIsKept, sealedHere, openRegister, heading, until } from './staff.mjs';

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

/** Another officer of the same embassy, beside the browser: what they find is no echo of what the first one sent. */
async function anotherOfficer(username) {
  const { organisation_id } = (await (await api(OFFICER))('GET', '/v1/me')).body;
  return colleague(username, 'embassy_officer', 'three grey kites above the bay', organisation_id);
}

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

export async function kept() {
  await reloads();
  const colleagues = await anotherOfficer(`sari.${Date.now().toString(36)}`);
  await answersLost(colleagues);
  await crashes(colleagues);
}
