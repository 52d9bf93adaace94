// A day at the counter without a pointer: signed in, a person registered, their case opened, what is missing settled, and the step made, with
// Tab, Enter, arrows and what is typed. Whoever works so sees at every stop where they are.

import assert from 'node:assert/strict';
import { step } from './shared.mjs';
import { OFFICER, api, console_, hasFocus, heading, nothingElseIsKept, passwordOf, sessionIsGone } from './staff.mjs';

/** Where the focus is, and what is wrong with how that is shown. */
const stopAt = (page) => page.evaluate(() => {
  const at = document.activeElement;
  const name = `${at.tagName.toLowerCase()} ${at.getAttribute('name') ?? ''} ${at.textContent.trim().slice(0, 60)}`;
  if (at === document.body) return { name, wrong: 'nothing has the focus' };
  const [box, style] = [at.getBoundingClientRect(), getComputedStyle(at)];
  if (!at.matches(':focus-visible') || style.outlineStyle === 'none' || Number.parseFloat(style.outlineWidth) < 2) return { name, wrong: 'it is not marked' };
  if (!box.width || box.bottom <= 0 || box.right <= 0 || box.top >= innerHeight || box.left >= innerWidth) return { name, wrong: 'it is out of sight' };
  const above = document.elementFromPoint(Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1), Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 1));
  return { name, wrong: above && !at.contains(above) && !above.contains(at) && !at.labels?.[0]?.contains(above) ? `${above.tagName} is over it` : '' };
});

/** The page may still be on its way there, on a machine that has much to do for long. */
async function restAt(page) {
  for (const end = Date.now() + 10_000; ; ) {
    const stop = await stopAt(page);
    if (!stop.wrong || Date.now() > end) return stop;
    await page.waitForTimeout(50);
  }
}

const END = 'the end of the page';

/** Goes on with Tab until it is there, and looks at every stop on the way. */
async function tabTo(page, wanted) {
  const stops = [];
  for (let tries = 0; tries < 80; tries += 1) {
    await page.keyboard.press('Tab');
    // A new screen took the focus to its heading meanwhile: that is no stop of Tab, which goes on from there.
    if (await page.locator('main h1:focus').count()) continue;
    // Behind the last stop of the page the browser has some of its own, and then the page begins again.
    if (await page.evaluate(() => document.activeElement === document.body) && !stops.includes(END)) {
      stops.push(END);
      continue;
    }
    const { name, wrong } = await restAt(page);
    assert.equal(wrong, '', `${name}, after ${stops.slice(-3).join(', ')}`);
    if (await wanted.and(page.locator(':focus')).count()) return;
    stops.push(name);
  }
  assert.fail(`Tab never comes to ${wanted}, but to ${stops.join(', ')}`);
}

/** Presses it, and sees that whoever has no pointer is not lost afterwards. */
async function enter(page, wanted, then) {
  await tabTo(page, wanted);
  await page.keyboard.press('Enter');
  await then();
  assert.ok(await hasFocus(page), `the focus is lost after ${wanted}`);
}

/** Chooses with the arrow that leads down. */
async function choose(page, field, value) {
  for (let tries = 0; tries < 40 && (await field.inputValue()) !== value; tries += 1) await page.keyboard.press('ArrowDown');
  assert.equal(await field.inputValue(), value);
}

const button = (page, name) => page.getByRole('button', { name, exact: true });
const field = (page, name) => page.locator(`[name="/${name}"]`);

export async function byKeyboard() {
  await step('a person is registered, and brought a step further, without a pointer', async () => {
    const page = await console_();
    await page.waitForFunction(() => document.activeElement?.getAttribute('name') === '/username');
    await page.keyboard.type(OFFICER);
    await tabTo(page, field(page, 'password'));
    await page.keyboard.type(passwordOf(OFFICER));
    await enter(page, button(page, 'Sign in'), () => heading(page, 'Today'));

    await enter(page, page.getByRole('navigation').getByRole('link', { name: 'Register' }), () => heading(page, 'Register a person'));
    await page.waitForFunction(() => document.activeElement?.getAttribute('name') === '/identity/given_name');
    await page.waitForFunction(() => document.querySelector('select[name="/host_country"]')?.value === 'KHM', null, { timeout: 30_000 });
    await page.keyboard.type('Purnama');
    await tabTo(page, field(page, 'identity/family_name'));
    await page.keyboard.type('Papanketik');
    await tabTo(page, field(page, 'identity/birth_date'));
    await page.keyboard.type('3/1999');
    await tabTo(page, field(page, 'gender'));
    await choose(page, field(page, 'gender'), 'masculine');
    await tabTo(page, page.locator('[name="/health/immediate_needs"][value="medical"]'));
    await page.keyboard.press('Space');
    await enter(page, button(page, 'Save'), () => heading(page, 'Registered'));
    await enter(page, page.getByRole('link', { name: 'Open the case' }), () => heading(page, 'Purnama Papanketik'));

    await page.locator('.checklist').first().getByRole('link').first().waitFor({ timeout: 30_000 });
    await enter(page, page.getByRole('link', { name: 'Change the facts' }), () => button(page, 'Save').waitFor({ timeout: 30_000 }));
    const skipped = page.getByRole('combobox', { name: 'Why nobody screened the person' });
    await tabTo(page, skipped);
    await choose(page, skipped, 'mass_arrival');
    const go = page.getByRole('button', { name: /^Go on: / }).first();
    await enter(page, button(page, 'Save'), () => go.waitFor({ timeout: 30_000 }));
    await enter(page, go, () => page.getByRole('heading', { name: 'Next: Mission contacted' }).waitFor({ timeout: 30_000 }));

    const ask = await api(OFFICER);
    const at = `/v1/cases/${/#\/cases\/([^/?]+)/.exec(page.url())[1]}`;
    const { body: file } = await ask('GET', at);
    assert.deepEqual([file.identity.given_name, file.identity.family_name, file.identity.birth_date, file.gender, file.health.immediate_needs], ['Purnama', 'Papanketik', '1999-03', 'masculine', 'Medical help']);
    assert.equal((await ask('GET', `${at}/repatriation`)).body.stage, 'screened');
    await nothingElseIsKept(page);
    await enter(page, button(page, 'Sign out'), () => heading(page, 'Sign in'));
    await sessionIsGone(page);
    await page.context().close();
  });
}
