// Walk-ins from the keyboard, over a line that may be bad.

import assert from 'node:assert/strict';
import { look, step } from './shared.mjs';
import { OFFICER, PHONE, console_, signIn, api, named, nothingElseIsKept, openRegister, heading, until } from './staff.mjs';

export async function registering() {
  await step('a walk-in is registered from the keyboard, with few keys beside the data', async () => {
    const page = await console_();
    await signIn(page, OFFICER);
    await page.evaluate(() => {
      globalThis.keys = 0;
      addEventListener('keydown', (event) => { if (event.key.length > 1) globalThis.keys += 1; }, true);
    });
    await heading(page, 'Today');
    await page.locator('main h1').focus();
    await page.keyboard.press('n');
    await heading(page, 'Register a person');
    await page.waitForFunction(() => document.activeElement?.getAttribute('name') === '/identity/given_name');
    await page.waitForFunction(() => document.querySelector('select[name="/host_country"]')?.value === 'KHM', null, { timeout: 30_000 });
    await page.evaluate(() => { globalThis.keys = 0; });
    const typed = ['Ratna', 'Wijayanti', '17.3.1999', 'f', 't', 'X1234567', '012 345 678'];
    for (const [index, text] of typed.entries()) {
      // Enter leads on as Tab does, and registers nobody who was not asked everything.
      if (index) await page.keyboard.press(index % 2 ? 'Enter' : 'Tab');
      await page.keyboard.type(text);
    }
    await page.getByText('17 March 1999').or(page.getByText('March 17, 1999')).waitFor();
    await look(page, 'console-register');
    await page.keyboard.press('Control+Enter');
    await heading(page, 'Registered');
    const keys = await page.evaluate(() => globalThis.keys);
    console.log(`    ${keys} keys beside the data`);
    assert.ok(keys <= 12, `${keys} keys`);
    await look(page, 'console-registered');
    const code = (await page.locator('.slip .code').textContent()).trim();
    assert.match(code, /^KHM-/);
    const [found, ...more] = await named(await api(OFFICER), 'Ratna Wijayanti');
    assert.deepEqual([found.code, more.length, found.gender, found.nationality_claimed], [code, 0, 'feminine', 'IDN']);
    await page.keyboard.press('Enter');
    await heading(page, 'Ratna Wijayanti');
    await page.getByText('17 March 1999').or(page.getByText('March 17, 1999')).waitFor();
    await page.getByText('not known to be safe').waitFor();
    await nothingElseIsKept(page);
    await page.context().close();
  });

  await step('an answer that is lost, and lost again, makes one case', async () => {
    const page = await console_();
    await signIn(page, OFFICER);
    await openRegister(page);
    let [lost, isLineBad] = [0, true];
    const keys = new Set();
    await page.route('**/v1/cases', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      keys.add(route.request().headers()['idempotency-key']);
      // It arrives, and is done; the answer does not come back.
      const answer = await route.fetch();
      if (isLineBad) {
        lost += 1;
        return route.abort('connectionreset');
      }
      return route.fulfill({ response: answer });
    });
    await page.getByLabel('Given name').fill('Melati');
    await page.getByLabel('Family name').fill('Kusumawardani');
    await page.keyboard.press('Control+Enter');
    await heading(page, 'Waiting for the line');
    await look(page, 'console-waiting');
    // The next person can be asked meanwhile; what waits is in the list, and what comes of it too.
    await page.keyboard.press('n');
    await page.getByLabel('Given name').fill('Draft of the next');
    await page.getByText('One registration is not sent').click();
    await until(() => lost >= 2, 'the second answer is lost');
    isLineBad = false;
    const now = page.getByRole('button', { name: 'Try now' });
    await now.click({ timeout: 2000 }).catch(() => {});
    await page.getByText('All registrations are sent').waitFor({ timeout: 60_000 });
    assert.ok(lost >= 2 && keys.size === 1, `${lost} answers lost, ${keys.size} keys`);
    assert.equal(await page.getByLabel('Given name').inputValue(), 'Draft of the next', 'what is typed is left alone');
    assert.equal((await named(await api(OFFICER), 'Melati Kusumawardani')).length, 1, 'registered once');
    // The draft outlives a change of screen.
    await page.getByRole('link', { name: 'Today' }).click();
    await heading(page, 'Today');
    await page.getByRole('link', { name: 'Register' }).click();
    assert.equal(await page.getByLabel('Given name').inputValue(), 'Draft of the next');
    await nothingElseIsKept(page);
    await page.context().close();
  });

  await step('what is refused is said at its field, and nothing typed is lost', async () => {
    const page = await console_(PHONE);
    await signIn(page, OFFICER);
    await openRegister(page);
    await page.getByLabel('Given name').fill('Sekar');
    await page.getByLabel('Born').fill('17.3.2099');
    await page.keyboard.press('Control+Enter');
    await page.locator('[data-pointer="/identity/birth_date"] .error').waitFor({ timeout: 30_000 });
    await look(page, 'console-register-refused-phone');
    assert.deepEqual([await page.getByLabel('Given name').inputValue(), await page.getByLabel('Born').inputValue()], ['Sekar', '17.3.2099']);
    await page.getByLabel('Born').fill('1999');
    await page.keyboard.press('Control+Enter');
    await heading(page, 'Registered');
    await page.context().close();
  });

  await step('what was refused after the next person was begun is taken back into the form', async () => {
    const page = await console_();
    await signIn(page, OFFICER);
    await openRegister(page);
    let isLineBad = true;
    await page.route('**/v1/cases', (route) => (route.request().method() === 'POST' && isLineBad ? route.abort('connectionreset') : route.continue()));
    await page.getByLabel('Given name').fill('Laras');
    await page.getByLabel('Born').fill('17.3.2099');
    await page.keyboard.press('Control+Enter');
    await heading(page, 'Waiting for the line');
    await page.keyboard.press('n');
    await heading(page, 'Register a person');
    await page.getByText('One registration is not sent').click();
    isLineBad = false;
    await page.getByRole('button', { name: 'Correct it' }).click({ timeout: 60_000 });
    await page.waitForFunction(() => document.querySelector('input[name="/identity/given_name"]')?.value === 'Laras', null, { timeout: 10_000 });
    await page.locator('[data-pointer="/identity/birth_date"] .error').waitFor();
    await page.getByLabel('Born').fill('1999');
    await page.keyboard.press('Control+Enter');
    await heading(page, 'Registered');
    await page.context().close();
  });
}
