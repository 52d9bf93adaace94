// Coming and going: sign-in, sign-out, the end of an unused session, and who is shown what.

import assert from 'node:assert/strict';
import { address, look, step, tab } from './shared.mjs';
import { passwordOf, OFFICER, PHONE, console_, signIn, api, named, nothingElseIsKept, pressPatiently, sessionIsGone, openRegister, heading, hasFocus, until } from './staff.mjs';

/** What a page asked for and has no answer to. */
function openRequests(page) {
  const open = new Set();
  page.on('request', (request) => open.add(request));
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => open.delete(request));
  return open;
}
/** Waits until what is on screen was drawn, and so has asked for what it shows. */
const drawn = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))));

export async function entering() {
  await step('a wrong password is told, the right one leads to what is to be done', async () => {
    const page = await console_(PHONE);
    await heading(page, 'Sign in');
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), '/username', 'one can type at once');
    await look(page, 'console-sign-in-phone');
    await page.getByLabel('Username').fill(OFFICER);
    await page.getByLabel('Password').fill('not the password at all');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'Username or password is wrong' }).waitFor();
    await look(page, 'console-sign-in-refused-phone');
    // After a failure the account waits a moment; the page says so and counts.
    await page.getByLabel('Password').fill(passwordOf(OFFICER));
    assert.equal(await pressPatiently(page, page.getByRole('button', { name: 'Sign in' }), '/v1/auth/login'), 200);
    await heading(page, 'Today');
    await look(page, 'console-today-phone');
    await nothingElseIsKept(page);
    const navigation = await page.getByRole('navigation').getByRole('link').allTextContents();
    assert.deepEqual(navigation, ['Today', 'Register', 'People'], 'on a phone the others are behind one press');
    await page.context().close();
  });

  await step('a demo fills in the sign-in with one click', async () => {
    const page = await console_();
    await page.getByRole('button', { name: OFFICER }).click();
    assert.equal(await page.getByLabel('Username').inputValue(), OFFICER);
    await page.keyboard.press('Enter');
    await heading(page, 'Today');
    await page.context().close();
  });

  await step('a reload goes on, a sign-out leaves nothing, not even behind Back', async () => {
    const page = await console_();
    await signIn(page, OFFICER);
    await page.getByRole('link', { name: 'Cases' }).click();
    await heading(page, 'Cases');
    const first = page.locator('tbody th a').first();
    await first.waitFor({ timeout: 30_000 });
    await look(page, 'console-cases');
    const name = (await first.textContent()).trim();
    await first.click();
    await heading(page, name);
    assert.ok(await hasFocus(page), 'the focus goes to the new screen');
    await look(page, 'console-case');
    await page.reload();
    await heading(page, name);
    await nothingElseIsKept(page);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await heading(page, 'Sign in');
    await sessionIsGone(page);
    for (const way of ['goBack', 'goForward', 'reload']) {
      await page[way]().catch(() => null);
      await heading(page, 'Sign in');
      assert.ok(!(await page.locator('body').textContent()).includes(name), `${way} shows a name`);
    }
    await nothingElseIsKept(page);
    await page.context().close();
  });

  await step('a sign-out without a line is one, and a reload does not undo it', async () => {
    const page = await console_();
    const open = openRequests(page);
    await signIn(page, OFFICER);
    await heading(page, 'Today');
    // The other screens are fetched beforehand: one that is cut off on its way is a complaint of the browser.
    await drawn(page);
    await until(() => [...open].every((one) => !new URL(one.url()).pathname.startsWith('/console/')), 'what is fetched beforehand');
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await heading(page, 'Sign in');
    assert.equal((await page.context().cookies()).length, 1, 'the server does not know yet');
    await page.context().setOffline(false);
    await page.reload();
    await heading(page, 'Sign in');
    await sessionIsGone(page);
    await page.reload();
    await heading(page, 'Sign in');
    await nothingElseIsKept(page);
    await page.context().close();
  });

  await step('a session that ends in the middle of a form costs a password and nothing else', async () => {
    const page = await console_();
    await signIn(page, OFFICER);
    await openRegister(page);
    await page.getByLabel('Given name').fill('Cahaya');
    assert.equal((await (await api(OFFICER))('DELETE', '/v1/auth/sessions')).status, 204);
    await page.keyboard.press('Control+Enter');
    const dialog = page.getByRole('dialog', { name: 'Sign in again' });
    await dialog.waitFor({ timeout: 30_000 });
    assert.equal(await dialog.getByLabel('Username').inputValue(), OFFICER);
    await look(page, 'console-sign-in-over');
    await dialog.locator('input[type=password]').fill(passwordOf(OFFICER));
    await page.keyboard.press('Enter');
    await heading(page, 'Registered');
    assert.equal((await named(await api(OFFICER), 'Cahaya')).length, 1);
    await page.context().close();
  });

  await step('a page that nobody uses warns, and then shows nothing any more', async () => {
    const page = await tab({});
    page.on('dialog', (dialog) => void dialog.accept());
    await page.clock.install();
    await page.goto(`${address}/console/`);
    await signIn(page, OFFICER);
    await page.getByRole('link', { name: 'Cases' }).click();
    const name = (await page.locator('tbody th a').first().textContent({ timeout: 30_000 })).trim();
    assert.ok(name.length > 2 && (await page.locator('body').textContent()).includes(name));
    const warning = page.getByRole('dialog', { name: 'Are you still there?' });
    await page.clock.fastForward('13:30');
    assert.equal(await warning.count(), 0, 'not before the last minute');
    await page.clock.fastForward('01:00');
    await warning.waitFor({ timeout: 30_000 });
    await look(page, 'console-idle');
    await page.keyboard.press('Shift');
    await warning.waitFor({ state: 'hidden', timeout: 30_000 });
    assert.ok((await page.locator('body').textContent()).includes(name), 'a key keeps what is on screen');
    await page.clock.fastForward('15:30');
    await heading(page, 'Sign in');
    await page.getByText('Nobody used this page for a while').waitFor();
    assert.ok(!(await page.content()).includes(name), 'not in a title or an attribute either');
    await sessionIsGone(page);
    for (const way of ['reload', 'goBack']) {
      await page[way]().catch(() => null);
      await heading(page, 'Sign in');
      assert.ok(!(await page.content()).includes(name), `${way} shows a name`);
    }
    await page.context().close();
  });

  await step('nobody is shown a way that they may not go', async () => {
    for (const [username, ways] of [
      ['admin', ['Users', 'Organisations', 'Missions', 'Clients', 'Reference', 'Map', 'Account']], ['analyst.khm', ['Reports', 'Map', 'Account']], ['auditor', ['Audit', 'Decisions', 'Account']],
      ['caseworker.safe-return', ['Today', 'Register', 'People', 'Cases', 'Lists', 'Travel', 'Waivers of fines', 'Sharing', 'Tracing', 'Duplicates', 'Decisions', 'Reports', 'Reference', 'Map', 'Account']], ['supervisor.safe-return', ['Today', 'Register', 'People', 'Cases', 'Lists', 'Travel', 'Waivers of fines', 'Sharing', 'Tracing', 'Duplicates', 'Audit', 'Decisions', 'Reports', 'Reference', 'Map', 'Account']],
    ]) {
      const page = await console_();
      await signIn(page, username);
      await page.getByRole('heading', { level: 1 }).waitFor({ timeout: 30_000 });
      assert.deepEqual(await page.getByRole('navigation').getByRole('link').allTextContents(), ways, username);
      await page.context().close();
    }
  });
}
