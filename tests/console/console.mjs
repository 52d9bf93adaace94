// The staff console as staff meet it, in Chromium: node console.mjs ADDRESS ACCOUNTS [--screenshots FOLDER]

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { address, browser, complaints, finish, look, others, step, tab } from './shared.mjs';

const accounts = JSON.parse(readFileSync(others[0], 'utf8'));
const passwordOf = (username) => accounts.find((account) => account.username === username).password;
const OFFICER = 'officer.idn';
const PHONE = { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true };

/** A tab at the console that also notes every break of the content policy, and leaves what is unsent without being asked. */
async function console_(view = {}) {
  const page = await tab(view);
  page.on('dialog', (dialog) => void dialog.accept());
  await page.addInitScript(() => addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`)));
  await page.goto(`${address}/console/`);
  return page;
}

async function signIn(page, username) {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(passwordOf(username));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor({ timeout: 30_000 });
}

/** Asks the API beside the browser, as the same or another user. */
async function api(username) {
  const send = async (method, path, body, headers = {}) => {
    const answer = await fetch(address + path, { method, headers: { 'Content-Type': 'application/json', ...headers }, ...(body ? { body: JSON.stringify(body) } : {}) });
    return { status: answer.status, etag: answer.headers.get('ETag'), body: await answer.json().catch(() => null) };
  };
  const { body } = await send('POST', '/v1/auth/login', { username, password: passwordOf(username) });
  return (method, path, given, headers = {}) => send(method, path, given, { Authorization: `Bearer ${body.access_token}`, ...headers });
}

async function named(ask, name) {
  for (let tries = 0; tries < 60; tries += 1) {
    const found = await ask('POST', '/v1/cases/search', { name });
    // A search also finds names that are like it.
    if (found.status !== 503) return found.body.items.filter((one) => name.split(' ').every((word) => one.name?.split(' ').includes(word)));
    await new Promise((done) => setTimeout(done, 500));
  }
  return assert.fail('the names are never ready');
}

/** What the browser keeps: the token of the device under a name that tells nothing, and the session where no script reads it. */
async function nothingElseIsKept(page) {
  const kept = await page.evaluate(async () => [Object.keys(localStorage), sessionStorage.length, document.cookie, (await indexedDB.databases()).length, (await caches.keys()).length, document.title]);
  for (const key of kept[0]) assert.match(key, /^homeward\.(salt|device\.[0-9a-f]{24})$/);
  assert.deepEqual(kept.slice(1), [0, '', 0, 0, 'Homeward']);
  for (const cookie of await page.context().cookies()) {
    assert.deepEqual([cookie.name, cookie.httpOnly, cookie.secure, cookie.sameSite, cookie.expires], ['__Host-homeward-session', true, true, 'Strict', -1]);
  }
}

const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor({ timeout: 30_000 });
const hasFocus = (page) => page.evaluate(() => document.activeElement !== document.body && document.activeElement !== null);

try {
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
    const button = page.getByRole('button', { name: 'Sign in' });
    for (let tries = 0; tries < 40 && (await button.isVisible()); tries += 1) {
      if (await button.isEnabled()) await button.click({ timeout: 1000 }).catch(() => {});
      await page.waitForTimeout(500);
    }
    await heading(page, 'Today');
    await look(page, 'console-today-phone');
    await nothingElseIsKept(page);
    const navigation = await page.getByRole('navigation').getByRole('link').allTextContents();
    assert.deepEqual(navigation, ['Today', 'Register', 'People', 'Cases']);
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
    assert.deepEqual(await page.context().cookies(), [], 'the session is gone from the browser');
    for (const way of ['goBack', 'goForward', 'reload']) {
      await page[way]().catch(() => null);
      await heading(page, 'Sign in');
      assert.ok(!(await page.locator('body').textContent()).includes(name), `${way} shows a name`);
    }
    await nothingElseIsKept(page);
    await page.context().close();
  });

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
      if (index) await page.keyboard.press('Tab');
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
    await page.getByRole('link', { name: 'Register' }).click();
    await page.waitForFunction(() => document.querySelector('select[name="/host_country"]')?.value === 'KHM', null, { timeout: 30_000 });
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
    while (lost < 2) await page.waitForTimeout(200);
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
    await page.getByRole('link', { name: 'Register' }).click();
    await page.waitForFunction(() => document.querySelector('select[name="/host_country"]')?.value === 'KHM', null, { timeout: 30_000 });
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

  let id = '';
  await step('two change one case: what differs is shown, and nobody loses anything', async () => {
    const ask = await api(OFFICER);
    [{ id }] = await named(ask, 'Ratna Wijayanti');
    const page = await console_();
    await signIn(page, OFFICER);
    await page.goto(`${address}/console/#/cases/${id}?form=case&field=risk_level`);
    await page.getByLabel('Danger').selectOption('high');
    await page.getByLabel('Family name').fill('Wijaya');
    const before = await ask('GET', `/v1/cases/${id}`);
    const change = { risk_level: 'low', health: { immediate_needs: 'Sleep' } };
    assert.equal((await ask('PATCH', `/v1/cases/${id}`, change, { 'If-Match': before.etag, 'Content-Type': 'application/merge-patch+json' })).status, 200);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Somebody else changed this case').waitFor({ timeout: 30_000 });
    await page.getByText('you had not touched it: Needs now').waitFor();
    await look(page, 'console-merge');
    await page.getByLabel('Theirs: Low').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Ratna Wijaya', { exact: true }).waitFor({ timeout: 30_000 });
    const after = (await ask('GET', `/v1/cases/${id}`)).body;
    assert.deepEqual([after.risk_level, after.identity.family_name, after.health.immediate_needs], ['low', 'Wijaya', 'Sleep']);
    await page.context().close();
  });

  await step('what is missing is a list that leads to the form, and the step is made here', async () => {
    const page = await console_();
    await signIn(page, OFFICER);
    await page.goto(`${address}/console/#/cases/${id}`);
    // A reload forgets when one proved who one is: the next step that asks for it asks here.
    await page.reload();
    await heading(page, 'Ratna Wijaya');
    const unmet = page.locator('.checklist').first().getByRole('link');
    await unmet.first().waitFor({ timeout: 30_000 });
    await look(page, 'console-checklist');
    await page.goto(`${address}/console/#/cases/${id}?form=embassy-contacts&field=person_decision`);
    await page.waitForFunction(() => document.activeElement?.getAttribute('name') === '/person_decision', null, { timeout: 30_000 });
    assert.equal(await page.getByLabel('What the person decided').inputValue(), '', 'no decision is chosen beforehand');
    await look(page, 'console-record');
    await page.getByLabel('Who began it').selectOption('walk_in');
    await page.waitForFunction(() => document.querySelector('select[name="/mission_id"]')?.options.length > 1);
    await page.locator('select[name="/mission_id"]').selectOption({ index: 1 });
    await page.getByLabel('What the person decided').selectOption('requested');
    await page.getByLabel('Informed of their rights on').fill('1.1.2026');
    await page.getByRole('button', { name: 'Save' }).click();
    const dialog = page.getByRole('dialog', { name: 'Enter your password again' });
    await dialog.waitFor({ timeout: 30_000 });
    await look(page, 'console-proof');
    await dialog.locator('input[type=password]').fill(passwordOf(OFFICER));
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden', timeout: 30_000 });
    await nothingElseIsKept(page);
    await page.context().close();
  });

  await step('a session that ends in the middle of a form costs a password and nothing else', async () => {
    const page = await console_();
    await signIn(page, OFFICER);
    await page.getByRole('link', { name: 'Register' }).click();
    await page.waitForFunction(() => document.querySelector('select[name="/host_country"]')?.value === 'KHM', null, { timeout: 30_000 });
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
    const name = await page.locator('tbody th a').first().textContent({ timeout: 30_000 });
    await page.clock.fastForward('14:30');
    const warning = page.getByRole('dialog', { name: 'Are you still there?' });
    await warning.waitFor({ timeout: 30_000 });
    await look(page, 'console-idle');
    await page.keyboard.press('Shift');
    await warning.waitFor({ state: 'hidden', timeout: 30_000 });
    await page.clock.fastForward('15:30');
    await heading(page, 'Sign in');
    await page.getByText('Nobody used this page for a while').waitFor();
    assert.ok(!(await page.locator('body').textContent()).includes(name));
    await page.context().close();
  });

  await step('a person is found by name and by code, and the search is in no address', async () => {
    const page = await console_();
    await signIn(page, OFFICER);
    await page.keyboard.press('/');
    await heading(page, 'People');
    await page.getByLabel('Name, in any script').fill('wijaya ratna');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Ratna Wijaya' }).first().waitFor({ timeout: 60_000 });
    await look(page, 'console-people');
    assert.ok(!/ratna/i.test(page.url()));
    await page.context().close();
  });

  await step('what is not there, or is not shared, is one answer, and leaves nothing on the screen', async () => {
    const page = await console_();
    await signIn(page, OFFICER);
    await page.goto(`${address}/console/#/cases/5b1a2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d`);
    await heading(page, 'There is no such case');
    await look(page, 'console-gone');
    await page.context().close();
  });

  await step('nobody is shown a way that they may not go', async () => {
    for (const [username, ways] of [['admin', []], ['analyst.khm', []], ['caseworker.safe-return', ['Today', 'Register', 'People', 'Cases']]]) {
      const page = await console_();
      await signIn(page, username);
      const refused = [];
      page.on('response', (answer) => { if (answer.status() === 403) refused.push(answer.url()); });
      await page.getByRole('heading', { level: 1 }).waitFor({ timeout: 30_000 });
      assert.deepEqual(await page.getByRole('navigation').getByRole('link').allTextContents(), ways, username);
      for (const way of ways) {
        await page.getByRole('navigation').getByRole('link', { name: way }).click();
        await page.waitForTimeout(500);
      }
      assert.deepEqual(refused, [], username);
      await page.context().close();
    }
  });
} catch (error) {
  await browser.close();
  if (complaints.length) console.error([...new Set(complaints)].map((complaint) => `  - ${complaint}`).join('\n'));
  throw error;
}
await finish('The console does what staff do, and complains of nothing.');
