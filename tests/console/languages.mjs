// Whoever reads no English finds their language by its own name, works in it, and finds it again after a reload.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { look, step } from './shared.mjs';
import { OFFICER, PHONE, api, console_, heading, named as people, passwordOf, nothingElseIsKept } from './staff.mjs';

const words = (language, area) => JSON.parse(readFileSync(`console/i18n/${language}/${area}.json`, 'utf8'));
const OWN = { en: 'English', id: 'Bahasa Indonesia', vi: 'Tiếng Việt', th: 'ไทย', my: 'မြန်မာ', km: 'ខ្មែរ', zh: '中文' };
const named = (language) => OWN[language] ?? assert.fail(`what is ${language} called?`);

/** What stands on the page is of that language: no key or code of ours, and no sentence that it says otherwise than English. */
async function isAllIn(page, language) {
  const text = await page.locator('main').innerText();
  assert.ok(!/\b[a-z]+_[a-z]+\b|\b[a-z]+\.[a-z_]+\b/.test(text), text);
  for (const area of ['core', 'work']) {
    const [english, own] = [words('en', area), words(language, area)];
    for (const [key, sentence] of Object.entries(english)) assert.ok(sentence === own[key] || sentence.length < 4 || !text.split('\n').includes(sentence), `${key} is in English: ${sentence}`);
  }
}

export async function languages() {
  await step('every language that is here is offered before anybody signs in', async () => {
    const page = await console_();
    for (const language of readdirSync('console/i18n').sort()) {
      await page.getByRole('button', { name: named(language), exact: true }).click();
      const core = words(language, 'core');
      for (const moment of ['chosen', 'after a reload']) {
        if (moment !== 'chosen') await page.reload();
        await page.getByRole('heading', { level: 1, name: core['sign_in.title'], exact: true }).waitFor({ timeout: 30_000 });
        await page.getByRole('button', { name: core['sign_in.go'], exact: true }).waitFor();
        await page.getByLabel(core['sign_in.username']).first().waitFor();
        assert.equal(await page.evaluate(() => document.documentElement.lang), language, moment);
      }
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
    await isAllIn(page, 'km');
    await page.reload();
    const work = words('km', 'work');
    await page.getByRole('heading', { level: 1, name: work['register.title'], exact: true }).waitFor({ timeout: 60_000 });
    await isAllIn(page, 'km');
    // And somebody is registered in it.
    await page.waitForFunction(() => document.querySelector('select[name="/host_country"]')?.value === 'KHM', null, { timeout: 30_000 });
    await page.getByLabel(work['register.given']).first().fill('ស្រីមុំ');
    await page.getByRole('button', { name: work['register.save'], exact: true }).click();
    await page.getByRole('heading', { level: 1, name: work['register.saved'], exact: true }).waitFor({ timeout: 30_000 });
    await isAllIn(page, 'km');
    const [made, ...more] = await people(await api(OFFICER), 'ស្រីមុំ');
    assert.ok(made && !more.length, 'registered, and once');
    await page.getByRole('link', { name: work['register.open'], exact: true }).click();
    await heading(page, 'ស្រីមុំ');
    await page.getByText(made.code).first().waitFor();
    await page.context().close();
  });
}
