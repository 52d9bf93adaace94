// Figures: what the reports say is what the API says, in the picture, in the table and in the file; and where it all is, on the map.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { address, look, step } from './shared.mjs';
import { PHONE, api, console_, heading, nothingElseIsKept, signIn } from './staff.mjs';

const COORDINATOR = 'coordinator.khm';
const plain = (text) => Number(text.replace(/\D/g, ''));
/** The lines of the first table on screen: what each is called, and its first figures. */
const shown = (page) => page.getByRole('table').first().locator('tbody tr').evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
/** The lines of a file as it was saved, without its head. */
const linesOf = async (saved) => readFileSync(await saved.path(), 'utf8').trim().split('\r\n').slice(1).map((line) => line.slice(1, -1).split('","'));

export async function reporting() {
  await step('the reports say what the API says, as a picture, as a table and as a file', async () => {
    const page = await console_();
    await signIn(page, COORDINATOR);
    const ask = await api(COORDINATOR);
    await page.getByRole('link', { name: 'Reports', exact: true }).click();
    await page.getByRole('heading', { level: 2, name: 'How far' }).waitFor({ timeout: 30_000 });
    const { totals } = (await ask('GET', '/v1/reports/funnel')).body;
    assert.ok(totals[0].cases > 0, 'the demo has cases');
    const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'Registered', exact: true }) }).first();
    await row.waitFor({ timeout: 30_000 });
    assert.equal(plain(await row.getByRole('cell').first().textContent()), totals[0].cases);
    assert.deepEqual((await shown(page)).map((line) => plain(line[1])), totals.map((one) => one.cases), 'every stage in the table');
    assert.deepEqual((await page.locator('.chart').first().locator('.bar-says').allTextContents()).map(plain), totals.map((one) => one.cases), 'and in the picture');
    await look(page, 'console-funnel');
    await page.getByLabel('Registered from').fill('13/2026');
    await page.keyboard.press('Tab');
    await page.locator('[data-pointer="from"] .error').waitFor({ timeout: 30_000 });
    await page.getByLabel('Registered from').fill('1/2020');
    await page.getByLabel('Registered until').fill('2/2020');
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: 'Registered 0' }).waitFor({ timeout: 30_000 });
    assert.match(page.url(), /from=2020-01&to=2020-02/);
    for (const [name, title, inTable, inFile, expected] of [
      ['backlog', 'Where they wait', (line) => plain(line[1]), (line) => Number(line[1]), (one) => one.waiting],
      ['reconciliation', 'Counted and registered', (line) => [line[0].replace('↳ ', ''), plain(line[4])], (line) => [line[1], Number(line[5])], (one) => [one.operation, one.reconciliation.total.registered]],
    ]) {
      await page.goto(`${address}/console/#/reports/${name}`);
      await page.getByRole('heading', { level: 2, name: title }).waitFor({ timeout: 30_000 });
      const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as a table' }).click()]);
      assert.match(saved.suggestedFilename(), new RegExp(`^${name}-\\d{4}-\\d\\d-\\d\\d\\.csv$`));
      const { items } = (await ask('GET', `/v1/reports/${name}`)).body;
      assert.ok(items.length > 1, `${name}: the demo has some`);
      assert.deepEqual((await shown(page)).map(inTable), items.map(expected), name);
      // In the file an operation is followed by its parts.
      const whole = (await linesOf(saved)).filter((line) => name === 'backlog' || line[2] === 'all');
      assert.deepEqual(whole.map(inFile).sort(), items.map(expected).sort(), `${name}, as a file`);
    }
    await look(page, 'console-reconciliation');
    await nothingElseIsKept(page);
    await page.context().close();
  });

  await step('cases are counted by what was chosen, and the address holds codes alone', async () => {
    const page = await console_(PHONE);
    await signIn(page, 'coordinator.khm');
    await page.goto(`${address}/console/#/reports/statistics`);
    await page.getByLabel('First').waitFor({ timeout: 30_000 });
    await page.getByLabel('First').selectOption({ label: 'Stage' });
    await page.getByText('Only those with').click();
    await page.getByLabel('Gender').selectOption({ label: 'Female' });
    await page.waitForFunction(() => /by1=stage/.test(location.hash) && /gender=feminine/.test(location.hash));
    const ask = await api('coordinator.khm');
    const [counted, all] = await Promise.all(['&gender=feminine', ''].map(async (filter) => (await ask('GET', `/v1/statistics/cases?by=stage${filter}`)).body));
    assert.ok(counted.items.length > 1 && counted.total < all.total, 'the filter leaves some, and not all');
    await page.getByText(`${counted.total.toLocaleString('en')} cases`).waitFor({ timeout: 30_000 });
    assert.deepEqual((await shown(page)).map((line) => plain(line[1])), counted.items.map((one) => one.count));
    await look(page, 'console-statistics-phone');
    await page.context().close();
  });

  await step('whoever may not open cases reads released figures alone', async () => {
    const page = await console_(PHONE);
    await signIn(page, 'analyst.khm');
    await heading(page, 'Reports');
    await page.getByRole('heading', { level: 2, name: 'Released figures' }).waitFor({ timeout: 30_000 });
    await page.getByText('Nothing has been released yet').waitFor({ timeout: 30_000 });
    assert.deepEqual(await page.getByRole('combobox', { name: 'Reports' }).getByRole('option').allTextContents(), ['Released figures', 'Reports of missions']);
    // Whoever only reads figures is not offered to report any.
    await page.goto(`${address}/console/#/reports/missions`);
    await page.getByRole('heading', { level: 2, name: 'Reports of missions' }).waitFor({ timeout: 30_000 });
    assert.equal(await page.getByRole('button', { name: 'Record a report' }).count(), 0);
    await page.context().close();
  });

  await step('what a mission counted is recorded once, though the answer was lost', async () => {
    const page = await console_();
    await signIn(page, 'officer.vnm');
    const ask = await api('officer.vnm');
    const before = (await ask('GET', '/v1/mission-reports')).body.items.length;
    await page.goto(`${address}/console/#/reports/missions`);
    await page.getByRole('button', { name: 'Record a report' }).click({ timeout: 30_000 });
    await page.getByLabel('What was counted').selectOption({ label: 'Waiting for return' });
    await page.getByLabel('Nationality').selectOption('VNM');
    await page.getByLabel('How many').fill('four hundred');
    await page.getByLabel('How exact it is').selectOption({ label: 'about' });
    await page.getByLabel('Day of the report').fill('1.11.2026');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('alert').waitFor({ timeout: 30_000 });
    // A look elsewhere loses nothing of it.
    await page.getByRole('link', { name: 'Today' }).click();
    await heading(page, 'Today');
    await page.goto(`${address}/console/#/reports/missions`);
    await page.getByRole('button', { name: 'Record a report' }).click({ timeout: 30_000 });
    assert.equal(await page.getByLabel('Nationality').inputValue(), 'VNM');
    await page.getByLabel('How many').fill('៤០០');
    let isLost = false;
    await page.route('**/v1/mission-reports', async (route) => {
      if (route.request().method() !== 'POST' || isLost) return route.continue();
      isLost = true;
      await route.fetch();
      return route.abort('connectionreset');
    });
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'No answer came' }).waitFor({ timeout: 30_000 });
    await look(page, 'console-mission-report');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('cell', { name: 'about 400' }).first().waitFor({ timeout: 30_000 });
    const after = (await ask('GET', '/v1/mission-reports')).body.items;
    assert.deepEqual([after.length - before, after[0].count, after[0].qualifier, after[0].nationality, after[0].kind], [1, 400, 'approx', 'VNM', 'awaiting']);
    await page.reload();
    await page.getByRole('row').filter({ hasText: 'about 400' }).filter({ hasText: 'Waiting for return' }).filter({ hasText: 'Vietnam' }).first().waitFor({ timeout: 30_000 });
    await page.context().close();
  });

  await step('the map draws what has a place, and its list says everything', async () => {
    const ask = await api('admin');
    assert.equal((await ask('POST', '/v1/compounds', { name: 'KK园区', country: 'MMR', site_type: 'border_enclave', status: 'active', latitude: 16.63, longitude: 98.52 })).status, 201);
    const page = await console_(PHONE);
    await signIn(page, 'analyst.khm');
    await page.goto(`${address}/console/#/map`);
    await heading(page, 'Map');
    const { items } = (await ask('GET', '/v1/compounds?limit=200')).body;
    const placed = items.filter((one) => one.latitude !== null).length;
    await page.getByText(`${placed} of ${items.length} compounds have a place on the map`).waitFor({ timeout: 30_000 });
    const marked = async () => (await page.locator('.mark-on-map text').allTextContents()).join(' ');
    assert.ok(/\d/.test(await marked()), 'the marks have numbers');
    // The operations stand below them, without a number.
    const listed = (await page.getByRole('rowheader').allTextContents()).flatMap((name) => /^\d+\. (.+)$/.exec(name)?.[1] ?? []);
    assert.deepEqual(listed.sort(), items.map((one) => one.name).sort(), 'the list says everything');
    assert.ok(await page.locator('.land.named').count() === 5, 'five countries are drawn');
    await page.getByText('Boundaries are no statement on status.').waitFor();
    await look(page, 'console-map-phone');
    await page.getByLabel('Country').selectOption('MMR');
    await page.getByRole('rowheader', { name: 'KK园区' }).waitFor({ timeout: 30_000 });
    assert.match(page.url(), /country=MMR/);
    await page.context().close();
  });
}
