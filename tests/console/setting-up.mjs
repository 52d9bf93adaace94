// An account from its one-time code on, at an office where every role needs a second factor; and what its owner does with it later.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { address, browser, complaints, look, step } from './shared.mjs';
import { PHONE, api, console_, heading, nothingElseIsKept, sessionIsGone, signIn } from './staff.mjs';

/** What an authenticator app shows for a key (RFC 6238), some half minutes from now. */
export function shownByApp(secret, ahead = 0) {
  const bits = [...secret.replace(/[\s=]/g, '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const turn = Buffer.alloc(8);
  turn.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const hash = createHmac('sha1', key).update(turn).digest();
  return String((hash.readUInt32BE(hash.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

const PASSWORD = 'four quiet rivers at dusk';

/** A tab at another office than that of the demo, with the same complaints. */
async function officeTab(office, view) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...view });
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  page.on('request', (request) => {
    if (![`${office}/`, `blob:${office}/`].some((own) => request.url().startsWith(own))) complaints.push(`request to ${request.url()}`);
  });
  page.on('dialog', (dialog) => void dialog.accept());
  await page.addInitScript(() => addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`)));
  page.on('console', (message) => {
    if (message.text().startsWith('policy: ')) complaints.push(message.text());
  });
  await page.goto(`${office}/console/`);
  return page;
}

export async function settingUp() {
  const { HOMEWARD_OFFICE: office, HOMEWARD_OFFICE_USER: username, HOMEWARD_OFFICE_CODE: code } = process.env;
  if (!office) return console.log('    no office was started for the first sign-in: it is not tried');
  await step('a new account goes from its one-time code to the first screen, and a reload in between loses nothing', async () => {
    const page = await officeTab(office, PHONE);
    await heading(page, 'Sign in');
    await page.getByRole('button', { name: 'I have a one-time code' }).click();
    await heading(page, 'Set a password');
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('One-time code').fill('AAAA-BBBB-CCCC-DDDD-EEEE-FFFF');
    await page.getByLabel('New password').fill(PASSWORD);
    await page.getByLabel('once more').fill('four quiet rivers at dawn');
    await page.keyboard.press('Enter');
    await page.getByText('The two are not the same.').first().waitFor();
    await page.getByLabel('once more').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('The username or the one-time code is wrong').waitFor();
    await look(page, 'console-one-time-code-phone');
    assert.equal(await page.getByLabel('New password').inputValue(), PASSWORD, 'nothing typed is lost');
    await page.getByLabel('One-time code').fill(code);
    await page.keyboard.press('Enter');
    await heading(page, 'Set up a second factor');
    await page.reload();
    await heading(page, 'Set up a second factor');
    // A reload forgets when the password was entered: it is asked for once.
    await page.getByRole('dialog').locator('input[type=password]').fill(PASSWORD);
    await page.keyboard.press('Enter');
    const picture = page.locator('img.qr');
    await picture.waitFor();
    await page.waitForFunction(() => document.querySelector('img.qr').naturalWidth > 50);
    assert.equal(await page.locator('main svg').count(), 0, 'the picture is no part of the page');
    assert.match(await page.getByRole('link', { name: 'Open the app' }).getAttribute('href'), /^otpauth:\/\/totp\//);
    const secret = (await page.locator('dd.code').textContent()).trim();
    assert.match(secret, /^([A-Z2-7]{4} )+[A-Z2-7]{1,4}$/, 'in groups of four');
    await look(page, 'console-second-factor-phone');
    const digits = page.getByLabel('Six digits that the app shows');
    await digits.fill('000000');
    await page.getByRole('button', { name: 'Turn it on' }).click();
    await page.locator('[data-pointer="/code"] .error').waitFor();
    await digits.fill(shownByApp(secret));
    await page.getByRole('button', { name: 'Turn it on' }).click();
    await page.getByRole('heading', { name: 'Recovery codes' }).waitFor();
    const codes = await page.locator('.codes code').allTextContents();
    assert.equal(new Set(codes).size, 10);
    await look(page, 'console-recovery-codes-phone');
    assert.ok(await page.getByRole('button', { name: 'Continue' }).isDisabled(), 'nobody goes on before they are kept');
    await page.getByLabel('I have written them down').check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await heading(page, 'Read the code of conduct');
    assert.ok(!(await page.content()).includes(codes[0]), 'the codes are gone');
    await look(page, 'console-conduct-phone');
    await page.getByLabel('I have read it').check();
    await page.getByRole('button', { name: 'I accept it' }).click();
    await heading(page, 'Today');
    await nothingElseIsKept(page);
    // The next sign-in asks for the code; a recovery code does as well, once.
    await page.getByRole('button', { name: 'Sign out' }).click();
    await heading(page, 'Sign in');
    await sessionIsGone(page);
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByLabel('Second-factor code').fill(codes[3]);
    await page.keyboard.press('Enter');
    await heading(page, 'Today');
    await page.goto(`${office}/console/#/account`);
    await page.getByText('9 recovery codes are left').waitFor();
    // Their role needs one: that is said, and it stays on.
    await page.getByRole('button', { name: 'Turn it off' }).click();
    await page.getByText('Your role needs a second factor, so it stays on').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Turn it off' }).count(), 0);
    await look(page, 'console-account-phone');
    await page.context().close();
  });
}

export async function ownAccount(username, password) {
  await step('a session that is not known is ended from here, and the account changes its password without being signed out', async () => {
    const page = await console_();
    const other = await console_();
    await signIn(page, username);
    await signIn(other, username);
    await page.goto(`${address}/console/#/account`);
    await heading(page, 'Account');
    await page.getByRole('row').nth(2).waitFor();
    await look(page, 'console-account');
    const ask = await api(username);
    const before = (await ask('GET', '/v1/auth/sessions')).body.items.length;
    await page.getByRole('button', { name: 'End', exact: true }).nth(1).waitFor();
    await page.getByRole('button', { name: 'End', exact: true }).first().click();
    await page.getByText(`${before - 1} sessions`).or(page.getByText('2 sessions')).first().waitFor();
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByLabel('The password of today').fill('wrong password of today');
    await page.getByLabel('New password').fill(PASSWORD);
    await page.getByLabel('once more').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('[data-pointer="/current_password"] .error').waitFor();
    await page.getByLabel('The password of today').fill(password);
    await page.keyboard.press('Enter');
    await page.getByText('The password is changed.').waitFor({ timeout: 30_000 });
    // The other browser is out; this one works on.
    await page.getByRole('button', { name: 'Read it' }).click();
    await page.locator('.conduct p').first().waitFor();
    await other.goto(`${address}/console/#/account`);
    await other.reload();
    await heading(other, 'Sign in');
    await other.context().close();
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await heading(page, 'Sign in');
    await nothingElseIsKept(page);
    await page.context().close();
  });
}
