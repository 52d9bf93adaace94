// Whoever signs in opens every screen that is offered to them, and is refused nothing on the way.

import assert from 'node:assert/strict';
import { address, step } from './shared.mjs';
import { ONE_OF_EACH_ROLE, console_, signIn } from './staff.mjs';
import { countRequests, settled, twoAtATime, walk } from './walk.mjs';

async function walkAs(username) {
  const page = await console_({}, countRequests);
  await signIn(page, username);
  await settled(page);
  const refused = [];
  page.on('response', (answer) => {
    if (answer.status() >= 400) refused.push(`${answer.status()} at ${new URL(page.url()).hash}: ${answer.request().method()} ${answer.url().replace(address, '')}`);
  });
  const kinds = await walk(page, async (kind) => {
    if (await page.getByRole('main').getByRole('alert').count()) refused.push(`${kind} says: ${await page.getByRole('main').getByRole('alert').first().textContent()}`);
  });
  await page.context().close();
  assert.deepEqual(refused, [], username);
  return kinds;
}

export async function everyScreen() {
  await step('whatever their role, everybody opens every screen that is offered to them, and is refused nothing', async () => {
    const all = new Set();
    await twoAtATime(ONE_OF_EACH_ROLE, async (username) => {
      const kinds = await walkAs(username);
      assert.ok(kinds.length > 1, `${username} is offered nothing`);
      console.log(`    ${username}: ${kinds.length} kinds of screens`);
      for (const kind of kinds) all.add(kind);
    });
    for (const kind of ['#/cases/*', '#/cases/*/consent', '#/audit/entries', '#/reports/funnel', '#/users/*']) assert.ok(all.has(kind), `nobody came to ${kind}, of ${[...all]}`);
  });
}
