// Who looks after accounts: users from their one-time code to the end of their access, organisations, machine clients, reference data.

import assert from 'node:assert/strict';
import { signsIn } from './accounts.mjs';
import { address, look, step } from './shared.mjs';
import { MERGE_PATCH, PHONE, api, console_, heading, nothingElseIsKept, passwordOf, signIn, until } from './staff.mjs';

const ADMIN = 'admin';
const PASSWORD = 'seven lanterns over the river';
const mark = Date.now().toString(36);

/** Lets a request arrive, and loses its answer, as often as it is said. */
async function loseAnswers(page, path, times) {
  let left = times;
  await page.route(path, async (route) => {
    if (route.request().method() !== 'POST' || left === 0) return route.continue();
    left -= 1;
    await route.fetch();
    return route.abort('connectionreset');
  });
}

export async function administering() {
  const username = `sokha.${mark}`;
  let id = '';

  await step('a user is added once though the answer was lost, and comes in with a code that is shown once', async () => {
    const page = await console_();
    await signIn(page, ADMIN);
    await heading(page, 'Users');
    await page.getByRole('link', { name: 'Officer, Indonesian embassy' }).waitFor({ timeout: 30_000 });
    await look(page, 'console-users');
    await page.getByRole('link', { name: 'Add a user' }).click();
    await page.getByLabel('Name', { exact: false }).first().fill('ស៊ុន សុខា');
    await page.getByLabel('Username').fill('a b');
    await page.getByLabel('Organisation').selectOption({ label: 'Safe Return Cambodia' });
    const roles = await page.getByLabel('Role').locator('option').allTextContents();
    assert.deepEqual(roles.slice(1), ['Administrator', 'NGO caseworker', 'NGO supervisor', 'Analyst', 'Auditor'], 'only those that exist there');
    await page.getByLabel('Role').selectOption({ label: 'NGO caseworker' });
    await page.getByRole('button', { name: 'Add the user' }).click();
    await page.locator('[data-pointer="/username"] .error').waitFor({ timeout: 30_000 });
    await look(page, 'console-new-user-refused');
    await page.getByLabel('Username').fill(username);
    await loseAnswers(page, '**/v1/users', 1);
    await page.getByRole('button', { name: 'Add the user' }).click();
    await page.getByText('nobody is added twice').waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Add the user' }).click();
    await page.getByText('the answer with the one-time code was lost').waitFor({ timeout: 30_000 });
    const ask = await api(ADMIN);
    const found = (await ask('GET', '/v1/users?limit=200')).body.items.filter((one) => one.username === username);
    assert.equal(found.length, 1, 'added once');
    [{ id }] = found;
    assert.equal(found[0].display_name, 'ស៊ុន សុខា');
    // So another code is made, and handed over.
    await page.getByRole('link', { name: 'ស៊ុន សុខា' }).click();
    await heading(page, 'ស៊ុន សុខា');
    await page.getByRole('button', { name: 'Reset the password' }).click();
    const code = (await page.locator('.secret code').textContent({ timeout: 30_000 })).trim();
    assert.match(code, /^([A-Z2-7]{4}-){5}[A-Z2-7]{4}$/);
    assert.ok(!page.url().includes(code));
    await look(page, 'console-one-time-code');
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.locator('.secret').waitFor({ state: 'hidden' });
    assert.ok(!(await page.content()).includes(code), 'it is gone from the page');
    await nothingElseIsKept(page);

    const theirs = await console_(PHONE);
    await theirs.getByRole('button', { name: 'I have a one-time code' }).click();
    await theirs.getByLabel('Username').fill(username);
    await theirs.getByLabel('One-time code').fill(code.toLowerCase());
    await theirs.getByLabel('New password').fill('short');
    await theirs.getByLabel('once more').fill('short');
    await theirs.keyboard.press('Enter');
    await theirs.locator('[data-pointer="/new_password"] .error').waitFor({ timeout: 30_000 });
    await theirs.getByLabel('New password').fill(PASSWORD);
    await theirs.getByLabel('once more').fill(PASSWORD);
    await theirs.keyboard.press('Enter');
    await heading(theirs, 'Read the code of conduct');
    await theirs.getByLabel('I have read it').check();
    await theirs.getByRole('button', { name: 'I accept it' }).click();
    await heading(theirs, 'Today');
    // Both go on: the name is changed by two, the access is ended by one.
    await page.reload();
    await heading(page, 'ស៊ុន សុខា');
    await page.getByText('One session').waitFor({ timeout: 30_000 });
    await look(page, 'console-user');
    const name = page.locator('[data-pointer="/display_name"] input');
    await name.fill('Sun Sokha');
    await page.getByLabel('Answers for data protection').check();
    const now = await ask('GET', `/v1/users/${id}`);
    assert.equal((await ask('PATCH', `/v1/users/${id}`, { display_name: 'ស៊ុន សុខា (KHM)' }, { 'If-Match': now.etag, ...MERGE_PATCH })).status, 200);
    await page.getByRole('button', { name: 'Save the change' }).click();
    const proof = page.getByRole('dialog', { name: 'Enter your password again' });
    await proof.locator('input[type=password]').fill(passwordOf(ADMIN));
    await page.keyboard.press('Enter');
    await page.getByText('Somebody else changed this while').waitFor({ timeout: 30_000 });
    await page.getByLabel('Theirs: ស៊ុន សុខា (KHM)').check();
    await page.getByRole('button', { name: 'Save the change' }).click();
    await page.getByText('Saved.').waitFor({ timeout: 30_000 });
    const after = (await ask('GET', `/v1/users/${id}`)).body;
    assert.deepEqual([after.display_name, after.data_protection], ['ស៊ុន សុខា (KHM)', true], 'neither overwrote the other');
    assert.equal(await signsIn({ username, password: PASSWORD }), 200, 'they may sign in until then');
    await page.getByLabel('Disabled: may not sign in').check();
    await page.getByRole('button', { name: 'Save the change' }).click();
    await until(async () => (await ask('GET', `/v1/users/${id}`)).body.disabled_at, 'the end of the access');
    await theirs.reload();
    await heading(theirs, 'Sign in');
    assert.equal(await signsIn({ username, password: PASSWORD }), 401, 'and not after it');
    await page.reload();
    await page.getByRole('definition').filter({ hasText: /^Disabled \(/ }).waitFor({ timeout: 30_000 });
    assert.ok(await page.getByLabel('Disabled: may not sign in').isChecked());
    await page.getByText('No session').waitFor({ timeout: 30_000 });
    await theirs.context().close();
    await page.context().close();
  });

  await step('a machine client is made, works with the secret that was shown once, and is out when it ends', async () => {
    const page = await console_();
    await signIn(page, ADMIN);
    await page.getByRole('link', { name: 'Clients' }).click();
    await page.getByRole('link', { name: 'Add a client' }).click();
    await page.getByLabel('Name').fill(`សំណុំរឿង ${mark}`);
    await page.getByLabel('Organisation').selectOption({ label: 'Safe Return Cambodia' });
    await page.getByRole('checkbox', { name: 'case:read', exact: true }).check();
    await page.getByLabel('May be used from').fill('not an address');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('[data-pointer="/allowed_from"] .error').waitFor({ timeout: 30_000 });
    await look(page, 'console-new-client-refused');
    await page.getByLabel('May be used from').fill('127.0.0.1');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('status').getByRole('link', { name: `សំណុំរឿង ${mark}` }).click({ timeout: 30_000 });
    await heading(page, `សំណុំរឿង ${mark}`);
    await page.getByRole('button', { name: 'Make a secret' }).click();
    const secret = (await page.locator('.secret code').textContent({ timeout: 30_000 })).trim();
    await look(page, 'console-client-secret');
    await page.getByRole('button', { name: 'I have it' }).click();
    const client = (await page.locator('dd.code').textContent()).trim();
    const token = async () => (await fetch(`${address}/v1/oauth/token`, { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ grant_type: 'client_credentials', client_id: client, client_secret: secret }) })).status;
    assert.equal(await token(), 200, 'the secret opens');
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.getByText('It has no secret.').waitFor({ timeout: 30_000 });
    assert.equal(await token(), 401, 'and does not any more');
    // A reload forgets when one proved who one is.
    await page.reload();
    await page.getByRole('dialog', { name: 'Enter your password again' }).locator('input[type=password]').fill(passwordOf(ADMIN));
    await page.keyboard.press('Enter');
    await page.getByText('It has no secret.').waitFor({ timeout: 30_000 });
    await page.context().close();
  });

  await step('an organisation is added, a mission covers more people, and a compound gets its place', async () => {
    const page = await console_();
    await signIn(page, ADMIN);
    const ask = await api(ADMIN);
    await page.getByRole('link', { name: 'Organisations' }).click();
    await page.getByRole('button', { name: 'Add an organisation' }).click();
    await page.locator('[data-pointer="/name"] input').fill(`Nhà An Toàn ${mark}`);
    await page.locator('[data-pointer="/country"] select').selectOption('VNM');
    await page.locator('[data-pointer="/kind"] select').selectOption('shelter');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('rowheader', { name: `Nhà An Toàn ${mark}` }).waitFor({ timeout: 30_000 });
    await page.reload();
    await page.getByRole('row', { name: `Nhà An Toàn ${mark}` }).filter({ hasText: 'Vietnam' }).filter({ hasText: 'Shelter' }).waitFor({ timeout: 30_000 });
    await look(page, 'console-organisations');
    await page.getByRole('link', { name: 'Missions' }).click();
    await page.getByRole('button', { name: 'Change: Embassy of Indonesia, Phnom Penh' }).click({ timeout: 30_000 });
    const lines = page.getByRole('region', { name: 'Whom Embassy of Indonesia, Phnom Penh covers' });
    await lines.locator('[data-pointer="/nationality"] select').selectOption('TLS');
    await lines.locator('[data-pointer="/host_country"] select').selectOption('KHM');
    await lines.locator('[data-pointer="/basis"] select').selectOption('protecting_power');
    await lines.getByRole('button', { name: 'Add a line' }).click();
    await lines.getByRole('rowheader', { name: 'Timor-Leste' }).waitFor({ timeout: 30_000 });
    await look(page, 'console-mission');
    assert.deepEqual((await ask('GET', '/v1/missions?nationality=TLS&host_country=KHM')).body.items.map((one) => one.name), ['Embassy of Indonesia, Phnom Penh']);
    await lines.getByRole('row', { name: 'Timor-Leste' }).getByRole('button', { name: 'Remove' }).click();
    await lines.getByRole('rowheader', { name: 'Timor-Leste' }).waitFor({ state: 'hidden', timeout: 30_000 });
    assert.deepEqual((await ask('GET', '/v1/missions?nationality=TLS&host_country=KHM')).body.items, []);
    // A place, and the other names stay as they were.
    const compound = (await ask('POST', '/v1/compounds', { name: `西港 ${mark}`, country: 'KHM', site_type: 'casino', status: 'active', aliases: [{ name: 'ក្រុងព្រះសីហនុ', language: 'km' }, { name: 'Xigang' }] })).body;
    const source = { publisher: 'A paper', kind: 'news_report', reliability: 'media' };
    await ask('POST', '/v1/statements', { topic: 'sites', said: `Seen behind ${mark}`, reliability: 'media', date_precision: 'unknown', compound_id: compound.id, source });
    await page.goto(`${address}/console/#/reference/compounds?open=${compound.id}`);
    await page.getByRole('region', { name: 'What was said of it in public' }).getByText(`Seen behind ${mark}`).waitFor({ timeout: 30_000 });
    await page.locator('[data-pointer="/latitude"] input').fill('១០.៦');
    await page.locator('[data-pointer="/longitude"] input').fill('103.5');
    await page.getByRole('button', { name: 'Save the change' }).click();
    await page.locator('[data-pointer="/latitude"]').waitFor({ state: 'hidden', timeout: 30_000 });
    const after = (await ask('GET', `/v1/compounds/${compound.id}`)).body;
    assert.deepEqual([after.latitude, after.longitude, after.aliases.map((one) => one.name)], [10.6, 103.5, ['ក្រុងព្រះសីហនុ', 'Xigang']]);
    await look(page, 'console-reference');
    await page.context().close();
  });
}
