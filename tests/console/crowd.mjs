// The worst day: 520 people at the gate, four tabs, and a line that loses every fifth answer after the server has done what was asked.

import assert from 'node:assert/strict';
import { step } from './shared.mjs';
import { OFFICER, api, console_, heading, nothingElseIsKept, openRegister, sealedHere, signIn } from './staff.mjs';

const EACH = 130;
/** Two tabs of one officer in one browser, their supervisor, and another mission. */
const COUNTERS = [
  { username: OFFICER, gate: 'Utara' },
  { username: OFFICER, gate: 'Selatan', besides: 0 },
  { username: 'supervisor.idn', gate: 'Timur' },
  { username: 'officer.vnm', gate: 'Barat' },
];
const GIVEN = 'Kerumunan';
const families = (gate) => Array.from({ length: EACH }, (_, index) => `${gate} ${String(index + 1).padStart(3, '0')}`);

/** Registers one after another with the page's own form and keys, from inside the page: a driver outside would take minutes. Whoever waits
 *  for the line is left waiting, and the next one is asked. */
async function register({ given, families: people }) {
  const turn = () => new Promise((done) => { setTimeout(done, 10); });
  const until = async (find, what) => {
    for (let tries = 0; tries < 3000; tries += 1) {
      const found = find();
      if (found) return found;
      await turn();
    }
    throw new Error(`never ${what}, but: ${document.querySelector('main')?.textContent}`);
  };
  const input = (name) => document.querySelector(`input[name="/identity/${name}"]`);
  const type = async (name, text) => {
    const field = input(name);
    field.focus();
    field.value = text;
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    await turn();
  };
  const press = (at, key, ctrlKey = false) => at.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey, bubbles: true, cancelable: true }));
  for (const family of people) {
    await until(() => input('given_name'), 'a form');
    await type('given_name', given);
    await type('family_name', family);
    press(input('family_name'), 'Enter', true);
    await until(() => !input('given_name') && /^(Registered|Waiting for the line)$/.test(document.querySelector('main h1')?.textContent ?? ''), 'an answer, or that there is none');
    press(document.body, 'n');
  }
}

/** Every case of a user's list. */
async function all(ask) {
  const found = [];
  for (let after = ''; after !== null;) {
    const { status, body } = await ask('GET', `/v1/cases?limit=100${after ? `&after=${encodeURIComponent(after)}` : ''}`);
    assert.equal(status, 200, JSON.stringify(body));
    found.push(...body.items);
    after = body.next;
  }
  return found;
}

/** Loses every fifth answer: it arrives, and is done; what was answered does not come back. */
async function loseAnswers(context, line) {
  await context.route('**/v1/cases', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    line.keys.add(route.request().headers()['idempotency-key']);
    line.asked += 1;
    if (line.asked % 5) return route.continue();
    const answer = await route.fetch();
    line.lost.push(answer.status());
    return route.abort('connectionreset');
  });
}

export async function crowd() {
  await step('520 people in a row at four tabs, every fifth answer lost: 520 cases, each once', async () => {
    const line = { asked: 0, lost: [], keys: new Set() };
    const pages = [];
    for (const { username, besides } of COUNTERS) {
      let page;
      if (besides === undefined) {
        page = await console_();
        await loseAnswers(page.context(), line);
        await signIn(page, username);
      } else {
        page = await pages[besides].context().newPage();
        await page.goto(pages[besides].url());
      }
      await openRegister(page);
      pages.push(page);
    }
    const started = Date.now();
    await Promise.all(pages.map((page, index) => page.evaluate(register, { given: GIVEN, families: families(COUNTERS[index].gate) })));
    for (const page of pages) {
      await page.getByText('All registrations are sent').or(page.locator('.outbox:empty')).waitFor({ state: 'attached', timeout: 120_000 });
      assert.deepEqual((await sealedHere(page)).filter((one) => one.kind === 'unsent'), [], 'nothing unsent is left');
    }
    console.log(`    ${line.asked} requests, ${line.lost.length} answers lost, ${((Date.now() - started) / 1000).toFixed(1)} s`);
    const made = [...await all(await api('supervisor.idn')), ...await all(await api('officer.vnm'))].map((one) => one.name).filter((name) => name?.startsWith(GIVEN));
    assert.deepEqual(made.sort(), COUNTERS.flatMap(({ gate }) => families(gate).map((family) => `${GIVEN} ${family}`)).sort());
    assert.equal(line.keys.size, COUNTERS.length * EACH, 'a key for each person');
    assert.ok(line.lost.length >= COUNTERS.length * EACH / 5 && line.lost.every((status) => status === 201), `the server had done what was lost: ${line.lost}`);
    for (const page of pages) await nothingElseIsKept(page);
    for (const page of pages) await page.context().close();
  });
}
