// The first sign-in as somebody lives it who was given a one-time code, in Chromium:
// node setup.mjs ADDRESS CODES [--screenshots FOLDER], where CODES is a file with lines of username and code.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { address, browser, complaints, finish, look, others, step, tab } from './shared.mjs';

const codes = Object.fromEntries(readFileSync(others[0], 'utf8').trim().split('\n').map((line) => line.split(' ')));
const PASSWORD = 'tidur di bawah pohon besar';

/** What the authenticator app shows now (RFC 6238) for a key in base32. */
function sixDigits(key) {
  const bits = [...key.replaceAll(' ', '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const seed = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac('sha1', seed).update(time).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** Moves with the Tab key until the control with this name has the focus. */
async function reach(page, name) {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const { activeElement: at } = document;
      return (at?.labels?.[0]?.textContent ?? at?.textContent ?? '').trim();
    });
    if (focused.startsWith(name)) return;
  }
  assert.fail(`${name} is not reached from the keyboard`);
}

async function type(page, name, text) {
  await reach(page, name);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(text);
}

/** Waits for a step, whose heading must have the focus: that is how somebody who sees nothing learns of it. */
async function arrive(page, id) {
  await page.locator(`#${id}`).waitFor({ timeout: 30_000 });
  assert.equal(await page.evaluate(() => document.activeElement?.id), `${id}-title`, `the focus moves to ${id}`);
  assert.equal(await page.locator('section.step:visible').count(), 1, 'one step at a time');
}

const says = (page, id, text) => page.locator(`#${id} .says`).filter({ hasText: text }).waitFor({ timeout: 30_000 });

/** Presses until the wait after a failure is over, which the page itself asks for. */
async function press(page, id, name, until) {
  for (let tries = 0; tries < 40 && !(await page.locator(until).isVisible()); tries += 1) {
    // The button goes when an earlier press has succeeded meanwhile, so a press that finds none is no failure.
    await page.locator(`#${id}`).getByRole('button', { name }).press('Enter', { timeout: 1000 }).catch(() => {});
    await page.waitForTimeout(700);
  }
  await page.locator(until).waitFor();
}

async function login(body) {
  const answer = await fetch(`${address}/v1/auth/login`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
}

async function nothingIsKept(page) {
  assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie, location.href]), [0, 0, '', `${address}/setup`]);
}

async function accept(page, name) {
  await arrive(page, 'conduct');
  await look(page, name);
  assert.ok((await page.locator('#conduct-text p').count()) > 5, 'the code of conduct is there to be read');
  await page.getByLabel('I have read').check();
  await page.getByRole('button', { name: 'Accept' }).click();
  await arrive(page, 'done');
}

try {
  await step('from the one-time code to an account that can sign in, on a phone and from the keyboard alone', async () => {
    const page = await tab({ viewport: { width: 390, height: 844 } });
    await page.goto(`${address}/setup`);
    await look(page, 'setup-password-phone');

    await type(page, 'Username', 'dara.sok');
    await type(page, 'One-time code', 'AAAA-BBBB-CCCC-DDDD-EEEE-FFFF');
    await type(page, 'New password', PASSWORD);
    await type(page, 'New password, once more', 'something else entirely');
    await page.keyboard.press('Enter');
    await says(page, 'password', 'not the same');
    for (const [password, told] of [['passwordpassword1', 'The new password is too easy to guess'], [PASSWORD, 'ask your administrator for a new one']]) {
      await page.locator('#password-title').focus();
      await type(page, 'New password', password);
      await type(page, 'New password, once more', password);
      await page.keyboard.press('Enter');
      await says(page, 'password', told);
    }
    await look(page, 'setup-refused-phone');
    await page.locator('#password-title').focus();
    await type(page, 'One-time code', codes['dara.sok'].toLowerCase());
    await press(page, 'password', 'Set the password', '#factor');

    await arrive(page, 'factor');
    await page.waitForFunction(() => document.querySelector('#qr').naturalWidth > 100, null, { timeout: 30_000 });
    assert.ok(await page.locator('#skip').isHidden(), 'whose role needs a second factor cannot put it off');
    await look(page, 'setup-factor-phone');
    await reach(page, 'I cannot scan the code');
    await page.keyboard.press('Enter');
    const key = await page.locator('#secret').textContent();
    await type(page, 'Six digits', '12345');
    await page.keyboard.press('Enter');
    await says(page, 'factor', 'clock automatically');
    await page.locator('#factor-title').focus();
    await type(page, 'Six digits', sixDigits(key));
    await page.keyboard.press('Enter');

    await arrive(page, 'recovery');
    const recovery = await page.locator('#codes li').allTextContents();
    assert.equal(recovery.length, 10);
    await look(page, 'setup-recovery-phone');
    await reach(page, 'I have kept these codes');
    await page.keyboard.press('Space');
    await reach(page, 'Continue');
    await page.keyboard.press('Enter');

    await arrive(page, 'conduct');
    await look(page, 'setup-conduct-phone');
    await reach(page, 'I have read');
    await page.keyboard.press('Space');
    await reach(page, 'Accept');
    await page.keyboard.press('Enter');

    await arrive(page, 'done');
    await page.getByText('You can sign in now').waitFor();
    await look(page, 'setup-done-phone');
    const left = await page.evaluate(() => document.documentElement.outerHTML);
    for (const secret of [key.replaceAll(' ', ''), ...recovery, PASSWORD]) assert.ok(!left.includes(secret), 'nothing secret stays on the page');
    await nothingIsKept(page);

    const signedIn = await login({ username: 'dara.sok', password: PASSWORD, code: recovery[0] });
    assert.equal(signedIn.status, 200);
    for (const first of ['must_change_password', 'must_enrol_second_factor', 'must_accept_code_of_conduct']) assert.equal(signedIn.body[first], false, first);
  });
  await step('somebody who was interrupted continues, and proves again who they are', async () => {
    const page = await tab({});
    await page.goto(`${address}/setup`);
    await look(page, 'setup-password');
    await page.locator('#password').getByLabel('Username').fill('srey.mom');
    await page.getByLabel('One-time code').fill(codes['srey.mom']);
    await page.getByLabel('New password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('New password, once more').fill(PASSWORD);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await arrive(page, 'factor');
    await page.reload();
    await page.locator('#password').getByLabel('Username').fill('srey.mom');
    await page.getByRole('button', { name: 'I have already set it' }).click();
    await arrive(page, 'sign-in');
    assert.equal(await page.locator('#sign-in').getByLabel('Username').inputValue(), 'srey.mom');
    await look(page, 'setup-sign-in');
    await page.locator('#sign-in').getByLabel('Password').fill(PASSWORD);
    await page.locator('#sign-in').getByRole('button', { name: 'Sign in' }).click();
    await arrive(page, 'factor');
    await look(page, 'setup-factor');

    // The server says that the sign-in is too old, once; the clock of a test cannot be five minutes late.
    let asked = 0;
    await page.route('**/v1/auth/second-factor/confirm', async (route) => {
      asked += 1;
      if (asked > 1) return route.continue();
      const body = JSON.stringify({ type: '/problems/insufficient_user_authentication', title: 'Prove', status: 401, code: 'insufficient_user_authentication' });
      return route.fulfill({ status: 401, contentType: 'application/problem+json', body });
    });
    await page.getByText('I cannot scan the code').click();
    const digits = sixDigits(await page.locator('#secret').textContent());
    await page.getByLabel('Six digits').fill(digits);
    await page.getByRole('button', { name: 'Turn the second factor on' }).click();
    const dialog = page.getByRole('dialog', { name: 'Enter your password again' });
    await dialog.waitFor();
    await look(page, 'setup-proof');
    await dialog.getByLabel('Password').fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await arrive(page, 'recovery');
    assert.equal(asked, 2, 'the code was sent again after the proof');
    await page.getByLabel('I have kept these codes').check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await accept(page, 'setup-conduct');
    await nothingIsKept(page);
  });
  await step('whose role needs no second factor may do without', async () => {
    const page = await tab({});
    await page.goto(`${address}/setup`);
    await page.locator('#password').getByLabel('Username').fill('chan.vy');
    await page.getByLabel('One-time code').fill(codes['chan.vy']);
    await page.getByLabel('New password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('New password, once more').fill(PASSWORD);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await arrive(page, 'factor');
    await page.getByRole('button', { name: 'Not now' }).click();
    await accept(page, 'setup-conduct-without-factor');
    assert.equal((await login({ username: 'chan.vy', password: PASSWORD })).body.must_accept_code_of_conduct, false);
  });
} catch (error) {
  await browser.close();
  if (complaints.length) console.error([...new Set(complaints)].map((complaint) => `  - ${complaint}`).join('\n'));
  throw error;
}
await finish('The first sign-in works, and axe finds nothing.', true);
