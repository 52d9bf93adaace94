// Whoever reads no English finds their language by its own name, works in it, and finds it again after a reload.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { look, step } from './shared.mjs';
import { OFFICER, PHONE, console_, passwordOf, nothingElseIsKept } from './staff.mjs';

const words = (language, area) => JSON.parse(readFileSync(`console/i18n/${language}/${area}.json`, 'utf8'));
const OWN = { en: 'English', id: 'Bahasa Indonesia', vi: 'Tiếng Việt', th: 'ไทย', my: 'မြန်မာ', km: 'ខ្មែរ', zh: '中文' };
const named = (language) => OWN[language] ?? assert.fail(`what is ${language} called?`);

export async function languages() {
  await step('every language that is here is offered before anybody signs in', async () => {
    const page = await console_();
    for (const language of readdirSync('console/i18n').sort()) {
      await page.getByRole('button', { name: named(language), exact: true }).click();
      await page.getByRole('heading', { level: 1, name: words(language, 'core')['sign_in.title'], exact: true }).waitFor({ timeout: 30_000 });
      assert.equal(await page.evaluate(() => document.documentElement.lang), language);
      await nothingElseIsKept(page);
    }
    await page.context().close();
  });

  await step('an officer works in Khmer on a phone, also after a reload', async () => {
    const page = await console_(PHONE);
    const core = words('km', 'core');
    await page.getByRole('button', { name: named('km'), exact: true }).click();
    await page.getByLabel(core['sign_in.username']).first().fill(OFFICER);
    await page.locator('input[type=password]').fill(passwordOf(OFFICER));
    await page.getByRole('button', { name: core['sign_in.go'], exact: true }).click();
    await page.getByRole('heading', { level: 1, name: core['nav.today'], exact: true }).waitFor({ timeout: 60_000 });
    await look(page, 'console-khmer-today');
    await page.getByRole('link', { name: core['nav.register'], exact: true }).click();
    await page.getByLabel(words('km', 'work')['register.given']).first().waitFor({ timeout: 30_000 });
    // Chromium has no Khmer: the names of countries are our own.
    assert.equal(await page.locator('select[name="/host_country"] option[value=KHM]').textContent(), 'កម្ពុជា');
    await look(page, 'console-khmer-register');
    // What is no message of the console would stand there as its key, or as an English code.
    const text = await page.locator('main').innerText();
    assert.ok(!/\b[a-z]+_[a-z]+\b|\b[a-z]+\.[a-z_]+\b/.test(text), text);
    await page.reload();
    await page.getByRole('heading', { level: 1, name: words('km', 'work')['register.title'], exact: true }).waitFor({ timeout: 60_000 });
    await page.context().close();
  });
}
