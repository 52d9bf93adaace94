// The documentation as a reader meets it, in Chromium: node documentation.mjs ADDRESS ACCOUNTS [--screenshots FOLDER]

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { address, browser, complaints, finish, look, others, step, tab } from './shared.mjs';

const accounts = JSON.parse(readFileSync(others[0], 'utf8'));
const password = (username) => accounts.find((account) => account.username === username).password;

const PAGES = {
  overview: '/docs/', guide: '/docs/guides/quick-start', diagram: '/docs/guides/road-home', errors: '/problems/', error: '/problems/unmet_guards',
  setup: '/setup', reference: '/docs/reference/', operation: '/docs/reference/create_case', schema: '/docs/reference/schemas/CaseFile',
};

async function open(page, operation) {
  const entry = page.locator(`details.operation#${operation}`);
  if (!(await entry.isVisible())) await page.locator(`details.tag:has(#${operation}) > summary`).click();
  await entry.locator('> summary').click();
  await entry.locator('form.try').waitFor();
  return entry;
}

async function signIn(page, username) {
  await page.getByLabel('Username').fill(username);
  await page.locator('#sign-in').getByLabel('Password').fill(password(username));
  // After a failure the account waits a moment: whoever has mistyped presses again.
  for (let tries = 0; tries < 40 && !(await page.locator('#signed-in').isVisible()); tries += 1) {
    // The button goes when an earlier press has succeeded meanwhile, so a press that finds none is no failure.
    await page.getByRole('button', { name: 'Sign in' }).click({ timeout: 1000 }).catch(() => {});
    await page.waitForTimeout(700);
  }
  await page.locator('#signed-in').waitFor({ timeout: 30_000 });
}

async function answered(entry, status) {
  const line = entry.locator('.says');
  await line.filter({ hasText: `Status ${status}` }).waitFor({ timeout: 30_000 }).catch(async () => {
    assert.fail(`${status} was expected: ${await line.textContent()}`);
  });
  return JSON.parse((await entry.locator('.result > pre').textContent()) || 'null');
}

try {
  let caseId = '';
  await step('pages are accessible on a wide screen', async () => {
    const page = await tab({});
    for (const [name, where] of Object.entries(PAGES)) {
      const answer = await page.goto(address + where);
      assert.equal(answer.status(), 200, where);
      await look(page, name);
    }
  });
  await step('pages are accessible on a phone', async () => {
    const page = await tab({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });
    for (const [name, where] of Object.entries(PAGES)) {
      await page.goto(address + where);
      await look(page, `${name}-phone`);
    }
  });
  await step('sign in, run requests, see the answers', async () => {
    const page = await tab({});
    await page.goto(`${address}/docs/`);
    const started = Date.now();
    await page.getByRole('navigation', { name: 'Documentation' }).getByRole('link', { name: 'Reference' }).click();
    await page.locator('#find').waitFor();
    console.log(`    the reference opens in ${Date.now() - started} ms`);

    // Without a token: a problem, with a link to what it means.
    await page.locator('#find').fill('get /v1/me who');
    await page.locator('#found').filter({ hasText: '1 found' }).waitFor();
    let entry = await open(page, 'get_me');
    await entry.getByRole('button', { name: 'Send' }).click();
    assert.equal((await answered(entry, 401)).code, 'unauthenticated');
    assert.equal(await entry.locator('.says a').getAttribute('href'), '/problems/unauthenticated');

    // A wrong password is told, and the right one signs in.
    await page.getByLabel('Username').fill('officer.idn');
    await page.locator('#sign-in').getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('#sign-in-says').filter({ hasText: 'wrong' }).waitFor();
    await signIn(page, 'officer.idn');
    await entry.getByRole('button', { name: 'Send' }).click();
    assert.equal((await answered(entry, 200)).username, 'officer.idn');
    await look(page, 'me-answered');
    assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]), [0, 0, ''], 'nothing is kept');

    await page.locator('#find').fill('list cases');
    await page.locator('#found').filter({ hasText: 'the best first' }).waitFor();
    assert.equal(await page.locator('details.operation:not([hidden])').first().getAttribute('id'), 'list_cases', 'what is called so comes first');
    entry = await open(page, 'list_cases');
    await entry.getByLabel('limit').fill('2');
    await entry.getByRole('button', { name: 'Send' }).click();
    const list = await answered(entry, 200);
    assert.equal(list.items.length, 2);
    caseId = list.items[0].id;
    await look(page, 'list-answered');

    // What is created, read and changed here: the key and the version need no copying.
    await page.locator('#find').fill('register a person');
    entry = await open(page, 'create_case');
    assert.match(await entry.getByLabel('Idempotency-Key').inputValue(), /^[0-9a-f-]{36}$/);
    const person = { host_country: 'KHM', intake_channel: 'walk_in_embassy', nationality_claimed: 'IDN', gender: 'feminine', identity: { given_name: 'Ratna' } };
    await entry.locator('textarea').fill(JSON.stringify(person));
    await entry.getByRole('button', { name: 'Send' }).click();
    const { id, version } = await answered(entry, 201);
    await page.locator('#find').fill('/v1/cases/{id} a case');
    entry = await open(page, 'get_case');
    await entry.locator('input[name=id]').fill(id);
    await entry.getByRole('button', { name: 'Send' }).click();
    assert.equal((await answered(entry, 200)).identity.given_name, 'Ratna');
    entry = await open(page, 'update_case');
    await entry.locator('input[name=id]').fill(id);
    await entry.locator('textarea').fill('{"risk_level": "high"}');
    await entry.getByRole('button', { name: 'Send' }).click();
    assert.equal((await answered(entry, 200)).version, version + 1);

    // A file goes up as it is, and comes down to be saved.
    await page.locator('#find').fill('attachment');
    entry = await open(page, 'create_attachment');
    await entry.locator('input[name=id]').fill(id);
    await entry.locator('textarea').fill('{"kind": "passport_scan", "media_type": "application/pdf", "file_name": "passport.pdf"}');
    await entry.getByRole('button', { name: 'Send' }).click();
    const attachment = (await answered(entry, 201)).id;
    for (const operation of ['get_attachment', 'put_attachment_content', 'get_attachment_content']) {
      entry = await open(page, operation);
      await entry.locator('input[name=id]').fill(id);
      await entry.locator('input[name=attachment_id]').fill(attachment);
      const file = { name: 'passport.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\ntrailer\n<<>>\n%%EOF\n') };
      if (operation === 'put_attachment_content') await entry.locator('input[type=file]').setInputFiles(file);
      await entry.getByRole('button', { name: 'Send' }).click();
      await entry.locator('.says').filter({ hasText: 'Status 200' }).waitFor({ timeout: 30_000 });
    }
    const saving = page.waitForEvent('download');
    await entry.getByRole('link', { name: /Save the file \(\d+ bytes\)/ }).click();
    const saved = readFileSync(await (await saving).path(), 'utf8');
    assert.match(saved, /^%PDF-1.7[^]*%%EOF/);
    await look(page, 'file-answered');

    // What is to be scanned is a picture.
    await page.locator('#find').fill('begin to set up the second factor');
    entry = await open(page, 'begin_second_factor');
    await entry.getByRole('button', { name: 'Send' }).click();
    await entry.getByRole('img', { name: 'QR code' }).waitFor({ timeout: 30_000 });
    assert.ok(await entry.getByRole('img', { name: 'QR code' }).evaluate((image) => image.decode().then(() => image.naturalWidth > 100)));
    assert.ok(!(await entry.locator('.result > pre').textContent()).includes('<svg'), 'and no text of a picture');

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.locator('#sign-in').waitFor();
    assert.equal(await page.locator('.result > *').count(), 0, 'nothing that was read stays on the screen');
    await page.locator('#find').fill('/v1/cases/{id} a case');
    entry = page.locator('details.operation#get_case');
    await entry.getByRole('button', { name: 'Send' }).click();
    assert.equal((await answered(entry, 401)).code, 'unauthenticated', 'the token is gone');
  });
  await step('an address without a page leads to the documentation, and a guide copies', async () => {
    const page = await tab({ permissions: ['clipboard-read', 'clipboard-write'] });
    for (const where of ['/', '/docs/guides/', '/docs/guides']) {
      await page.goto(address + where);
      assert.equal(page.url(), `${address}/docs/`, where);
    }
    await page.goto(`${address}/v1`);
    await page.getByRole('navigation', { name: 'Groups of operations' }).getByRole('link', { name: 'cases', exact: true }).click();
    await page.locator('details.operation#list_cases').waitFor();
    await page.goto(`${address}/docs/guides/paging`);
    await page.getByRole('button', { name: 'Copy these commands' }).first().click();
    await page.getByText('Copied').first().waitFor();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^TOKEN=/);
    assert.ok((await page.goto(`${address}/docs/guides/quick-start`).then(() => page.content())).includes(`H=${address}`), 'a guide names its own server');
  });
  await step('an operation that asks for a proof gets one', async () => {
    const page = await tab({});
    await page.goto(`${address}/docs/reference/list_clients`);
    // The server says that the sign-in is too old, once; the clock of a test cannot be five minutes late.
    let asked = 0;
    await page.route('**/v1/clients*', async (route) => {
      asked += 1;
      if (asked > 1) return route.continue();
      const body = JSON.stringify({ type: '/problems/insufficient_user_authentication', title: 'Prove again', status: 401, code: 'insufficient_user_authentication' });
      return route.fulfill({ status: 401, contentType: 'application/problem+json', body });
    });
    await signIn(page, 'admin');
    await page.getByRole('button', { name: 'Send' }).click();
    const dialog = page.getByRole('dialog', { name: 'Prove your identity again' });
    await dialog.waitFor();
    await look(page, 'step-up');
    await dialog.getByLabel('Password').fill('not the password');
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await dialog.getByRole('status').filter({ hasText: 'wrong' }).waitFor();
    await dialog.getByLabel('Password').fill(password('admin'));
    for (let tries = 0; tries < 40 && (await dialog.isVisible()); tries += 1) {
      await dialog.getByRole('button', { name: 'Confirm' }).click({ timeout: 1000 }).catch(() => {});
      await page.waitForTimeout(700);
    }
    await answered(page, 200);
    assert.equal(asked, 2, 'the request was sent again after the proof');
  });
  await step('the dossier of a case is accessible', async () => {
    const login = await fetch(`${address}/v1/auth/login`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ username: 'officer.idn', password: password('officer.idn') }),
    });
    const { access_token: token } = await login.json();
    const page = await tab({ extraHTTPHeaders: { Authorization: `Bearer ${token}` } });
    const answer = await page.goto(`${address}/v1/cases/${caseId}/dossier`);
    assert.equal(answer.status(), 200);
    await look(page, 'dossier');
  });
} catch (error) {
  await browser.close();
  if (complaints.length) console.error([...new Set(complaints)].map((complaint) => `  - ${complaint}`).join('\n'));
  throw error;
}
await finish('The documentation works, and axe finds nothing.');
