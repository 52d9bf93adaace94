// What was typed and not sent outlives a reload and a crash, sealed, and is there for whoever typed it and nobody else.

import assert from 'node:assert/strict';
import { address, look, step } from './shared.mjs';
import { OFFICER, console_, signIn, api, named, nothingElseIsKept, sealedHere, openRegister, heading } from './staff.mjs';

/** Waits until the browser keeps so many. */
async function areKept(page, count, kind) {
  for (let tries = 0; tries < 60; tries += 1) {
    const kept = (await sealedHere(page)).filter((one) => one.kind === kind);
    if (kept.length === count) return kept;
    await page.waitForTimeout(100);
  }
  return assert.fail(`never ${count} of ${kind}`);
}

const NO_ANSWER = async (route) => (route.request().method() === 'POST' ? route.abort() : route.fallback());

export async function kept() {
  await step('a form that was being typed is there after a reload, and asks nothing before it', async () => {
    const page = await console_();
    let questions = 0;
    page.on('dialog', () => { questions += 1; });
    await signIn(page, OFFICER);
    await openRegister(page);
    await page.getByLabel('Given name').fill('Oyunbileg');
    const [one] = await areKept(page, 1, 'draft');
    assert.ok(!one.text.includes('Oyunbileg'), 'in clear');
    await page.reload();
    await heading(page, 'Register');
    await page.waitForFunction(() => [...document.querySelectorAll('input')].some((input) => input.value === 'Oyunbileg'), null, { timeout: 30_000 });
    assert.equal(questions, 0, 'nothing would have been lost');
    await nothingElseIsKept(page);
    await page.getByLabel('Given name').fill('');
    await areKept(page, 0, 'draft');
    await page.context().close();
  });

  await step('a registration without an answer goes on after a crash, once, and under nobody else', async () => {
    const page = await console_();
    await signIn(page, OFFICER);
    await openRegister(page);
    await page.route('**/v1/cases', NO_ANSWER);
    await page.getByLabel('Given name').fill('Bayarmaa');
    await page.keyboard.press('Control+Enter');
    const [one] = await areKept(page, 1, 'unsent');
    assert.ok(!one.text.includes('Bayarmaa'), 'in clear');
    // The tab dies, and the session with it.
    const context = page.context();
    await context.clearCookies();
    await page.close();

    const other = await context.newPage();
    await other.goto(`${address}/console/`);
    await other.getByText('One registration that was not sent waits here').waitFor({ timeout: 30_000 });
    await look(other, 'console-waiting');
    assert.ok(!(await other.locator('body').textContent()).includes('Bayarmaa'));
    await signIn(other, 'officer.vnm');
    await heading(other, 'Today');
    assert.ok(!(await other.locator('body').textContent()).includes('Bayarmaa'), 'shown to somebody else');
    await other.getByRole('button', { name: 'Sign out' }).click();
    await heading(other, 'Sign in');
    assert.equal((await sealedHere(other)).length, 1, 'their sign-out takes along what is theirs, and nothing else');
    assert.equal((await named(await api(OFFICER), 'Bayarmaa')).length, 0);

    await signIn(other, OFFICER);
    await areKept(other, 0, 'unsent');
    await other.getByText('Bayarmaa').first().waitFor({ state: 'attached', timeout: 30_000 });
    await other.reload();
    await heading(other, 'Today');
    assert.equal((await named(await api(OFFICER), 'Bayarmaa')).length, 1, 'registered, and once');
    await nothingElseIsKept(other);
    await context.close();
  });
}
