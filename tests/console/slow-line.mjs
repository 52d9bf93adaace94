// How long one waits on the line of a border town: 400 kbit/s, and 400 ms there and back. The times are said; what fails is only what is far
// above what they shall be, for a machine that tests has more to do than one that works.

import assert from 'node:assert/strict';
import { address, step } from './shared.mjs';
import { OFFICER, api, console_, heading, openRegister, signIn } from './staff.mjs';
import { countRequests, settled } from './walk.mjs';

const LINE = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 };
const TRIES = 5;
/** Seconds that are wanted, and how many times that is too long in any case. */
const WANTED = { cold: 3, warm: 1, saved: 2 };
const ROOM = 2;

const median = (times) => [...times].sort((one, other) => one - other)[Math.floor(times.length / 2)];
const seconds = (times) => times.map((one) => one.toFixed(2)).join(' ');

/** Notes when the sign-in can be used: the name can be typed. In the page, by its own clock, which begins with its navigation. */
const noteUse = (page) => page.addInitScript(() => {
  const look = () => {
    if (document.activeElement?.getAttribute('name') === '/username') globalThis.usableAt = performance.now() / 1000;
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
});
const usableAt = async (page) => (await page.waitForFunction(() => globalThis.usableAt, null, { timeout: 60_000 })).jsonValue();

async function slow(page) {
  const line = await page.context().newCDPSession(page);
  await line.send('Network.enable');
  await line.send('Network.emulateNetworkConditions', LINE);
}

/** Scripts that were asked for only after the first one was there. */
function waitedFor() {
  const scripts = performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.js'));
  const first = scripts.find((one) => /\/console-[^/]+$/.test(one.name));
  return scripts.filter((one) => one.startTime >= first.responseEnd && one.startTime < globalThis.usableAt * 1000).map((one) => one.name);
}

/** Seconds that some work takes. */
async function taken(work) {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

function isFast(what, times, wanted) {
  const typical = median(times);
  console.log(`    ${what}: ${typical.toFixed(2)} s (${seconds(times)})${wanted ? `, wanted ${wanted.toFixed(1)} s` : ''}`);
  if (wanted) assert.ok(typical < wanted * ROOM, `${what} takes ${typical.toFixed(2)} s`);
}

export async function slowLine() {
  await step('on a slow line the sign-in is there soon, and sooner the second time', async () => {
    const [cold, warm] = [[], []];
    for (let tries = 0; tries < TRIES; tries += 1) {
      const page = await console_({}, async (made) => {
        await noteUse(made);
        await slow(made);
      });
      cold.push(await usableAt(page));
      assert.deepEqual(await page.evaluate(waitedFor), [], 'the page names all that it begins with, so that no file waits for another one to say it');
      await page.reload();
      warm.push(await usableAt(page));
      await page.context().close();
    }
    isFast('sign-in, never seen before', cold, WANTED.cold);
    isFast('sign-in, seen before', warm, WANTED.warm);
  });

  await step('on a slow line a person is registered while one waits', async () => {
    const page = await console_({}, async (made) => {
      await countRequests(made);
      await slow(made);
    });
    isFast('from the password to what is to be done', [await taken(async () => {
      await signIn(page, OFFICER);
      await heading(page, 'Today');
      await settled(page);
    })]);
    await openRegister(page);
    const saved = [];
    for (let tries = 0; tries < TRIES; tries += 1) {
      await page.getByLabel('Given name').fill('Wening');
      await page.getByLabel('Family name').fill(`Lambat ${tries}`);
      saved.push(await taken(async () => {
        await page.keyboard.press('Control+Enter');
        await heading(page, 'Registered');
      }));
      await page.keyboard.press('n');
    }
    isFast('a person, from the key to the code', saved, WANTED.saved);
    const [{ id }] = (await (await api(OFFICER))('GET', '/v1/cases?limit=1')).body.items;
    isFast('a case', [await taken(async () => {
      await page.goto(`${address}/console/#/cases/${id}`);
      await page.getByRole('heading', { name: 'What is known' }).waitFor({ timeout: 30_000 });
      await settled(page);
    })]);
    await page.context().close();
  });
}
