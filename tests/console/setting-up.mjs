// An account from its one-time code on, at an office where every role needs a second factor; and what its owner does with it later.

import assert from 'node:assert/strict';
import { colleague, shownByApp, signsIn } from './accounts.mjs';
import { address, browser, complaints, look, step } from './shared.mjs';
import { PHONE, console_, heading, nothingElseIsKept, pressPatiently, sessionIsGone } from './staff.mjs';

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
  const { OFFICE_ADDRESS: office, OFFICE_USER: username, OFFICE_CODE: code } = process.env;
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
    // The one that was used opens nothing any more, and the next one does.
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await heading(page, 'Sign in');
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByLabel('Second-factor code').fill(codes[3]);
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor({ timeout: 30_000 });
    await page.getByLabel('Second-factor code').fill(codes[4]);
    assert.equal(await pressPatiently(page, page.getByRole('button', { name: 'Sign in', exact: true }), '/v1/auth/login'), 200);
    await heading(page, 'Today');
    await page.goto(`${office}/console/#/account`);
    await page.getByText('8 recovery codes are left').waitFor();
    // Their role needs one: that is said, and it stays on.
    await page.getByRole('button', { name: 'Turn it off' }).click();
    await page.getByText('Your role needs a second factor, so it stays on').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Turn it off' }).count(), 0);
    await look(page, 'console-account-phone');
    await page.context().close();
  });
}

export async function ownAccount() {
  const username = `hung.own.${Date.now().toString(36)}`;
  const first = 'eleven grey herons at noon';
  const enter = async (page, password) => {
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  };

  await step('a session that is not known is ended, and a new password signs everybody out but whoever chose it', async () => {
    const ask = await colleague(username, 'ngo_caseworker', first);
    const page = await console_();
    const other = await console_();
    await enter(page, first);
    await heading(page, 'Today');
    await enter(other, first);
    await heading(other, 'Today');
    await page.goto(`${address}/console/#/account`);
    await page.getByText('3 sessions').waitFor({ timeout: 30_000 });
    await look(page, 'console-account');
    // The newest one is the other browser's.
    await page.getByRole('button', { name: 'End', exact: true }).first().click();
    await page.getByText('2 sessions').waitFor({ timeout: 30_000 });
    await other.reload();
    await heading(other, 'Sign in');
    await other.context().close();
    assert.equal((await ask('GET', '/v1/me')).status, 200, 'the third one goes on');
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByLabel('The password of today').fill('not the password of today');
    await page.getByLabel('New password').fill(PASSWORD);
    await page.getByLabel('once more').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('[data-pointer="/current_password"] .error').waitFor({ timeout: 30_000 });
    await page.getByLabel('The password of today').fill(first);
    assert.equal(await pressPatiently(page, page.getByRole('button', { name: 'Change the password' }), '/v1/auth/password'), 204);
    await page.getByText('The password is changed.').waitFor({ timeout: 30_000 });
    assert.equal((await ask('GET', '/v1/me')).status, 401, 'the third one is out');
    await page.reload();
    await heading(page, 'Account');
    await nothingElseIsKept(page);
    await page.context().close();
  });

  await step('a second factor is set up, asked for at the next sign-in, and turned off where the role needs none', async () => {
    const page = await console_();
    await enter(page, PASSWORD);
    await heading(page, 'Today');
    await page.goto(`${address}/console/#/account`);
    await page.getByRole('button', { name: 'Set it up' }).click();
    const secret = (await page.locator('dd.code').textContent({ timeout: 30_000 })).trim();
    await look(page, 'console-second-factor');
    await page.getByLabel('Six digits that the app shows').fill(shownByApp(secret));
    // The answer is lost on the way: it is on, and its codes are made anew.
    let isLost = false;
    await page.route('**/second-factor/confirm', async (route) => {
      isLost = true;
      await route.fetch();
      return route.abort('connectionreset');
    });
    await page.getByRole('button', { name: 'Turn it on' }).click();
    await page.getByText('the answer with your recovery codes was lost').waitFor({ timeout: 30_000 });
    assert.ok(isLost);
    await page.getByRole('button', { name: 'Make new recovery codes' }).click();
    await page.locator('.codes code').first().waitFor({ timeout: 30_000 });
    const [code] = await page.locator('.codes code').allTextContents();
    await page.getByLabel('I have written them down').check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('10 recovery codes are left').waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await heading(page, 'Sign in');
    await enter(page, PASSWORD);
    await page.getByLabel('Second-factor code').fill(code);
    await page.keyboard.press('Enter');
    await heading(page, 'Today');
    await page.goto(`${address}/console/#/account`);
    await page.getByText('9 recovery codes are left').waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Turn it off' }).click();
    await heading(page, 'Sign in');
    await sessionIsGone(page);
    await enter(page, PASSWORD);
    await heading(page, 'Today');
    await page.goto(`${address}/console/#/account`);
    await page.getByRole('button', { name: 'Set it up' }).waitFor({ timeout: 30_000 });
    await page.context().close();
    assert.equal(await signsIn({ username, password: first }), 401, 'the password of before opens nothing');
  });
}
