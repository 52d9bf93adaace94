// Figures: what the reports say is what the API says, in the picture, in the table and in the file; and where it all is, on the map.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { address, look, step } from './shared.mjs';
import { PHONE, api, console_, heading, nothingElseIsKept, signIn } from './staff.mjs';

const COORDINATOR = 'coordinator.khm';
const plain = (text) => Number(text.replace(/\D/g, ''));

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
    assert.equal(plain(await page.locator('.chart .bar-says').first().textContent()), totals[0].cases);
    await look(page, 'console-funnel');
    await page.getByLabel('Registered from').fill('13/2026');
    await page.keyboard.press('Tab');
    await page.locator('[data-pointer="from"] .error').waitFor({ timeout: 30_000 });
    await page.getByLabel('Registered from').fill('1/2020');
    await page.getByLabel('Registered until').fill('2/2020');
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: 'Registered 0' }).waitFor({ timeout: 30_000 });
    assert.match(page.url(), /from=2020-01&to=2020-02/);
    for (const [name, title, path] of [['backlog', 'Where they wait', 'backlog'], ['reconciliation', 'Counted and registered', 'reconciliation']]) {
      await page.goto(`${address}/console/#/reports/${name}`);
      await page.getByRole('heading', { level: 2, name: title }).waitFor({ timeout: 30_000 });
      const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as a table' }).click()]);
      assert.match(saved.suggestedFilename(), new RegExp(`^${name}-\\d{4}-\\d\\d-\\d\\d\\.csv$`));
      const lines = readFileSync(await saved.path(), 'utf8').trim().split('\r\n').length;
      const { items } = (await ask('GET', `/v1/reports/${path}`)).body;
      assert.ok(lines > items.length, `${name}: ${lines} lines of ${items.length} rows`);
      await page.getByRole('table').first().waitFor();
      assert.equal(await page.getByRole('table').first().locator('tbody tr').count(), items.length);
    }
    await look(page, 'console-reconciliation');
    await nothingElseIsKept(page);
    await page.context().close();
  });

  await step('cases are counted by what was chosen, and the address holds codes alone', async () => {
    const page = await console_(PHONE);
    await signIn(page, 'analyst.khm');
    await heading(page, 'Reports');
    await page.getByRole('combobox', { name: 'Reports' }).selectOption({ label: 'Statistics' });
    await page.getByLabel('First').waitFor({ timeout: 30_000 });
    await page.getByLabel('First').selectOption({ label: 'Stage' });
    await page.getByText('Only those with').click();
    await page.getByLabel('Gender').selectOption({ label: 'Female' });
    await page.waitForFunction(() => /by1=stage/.test(location.hash) && /gender=feminine/.test(location.hash));
    const counted = (await (await api('analyst.khm'))('GET', '/v1/statistics/cases?by=stage&gender=feminine')).body;
    await page.getByText(`${counted.total.toLocaleString('en')} cases`).waitFor({ timeout: 30_000 });
    assert.equal(await page.locator('tbody tr').count(), counted.items.length);
    assert.equal(plain(await page.locator('tbody tr').first().locator('td').first().textContent()), counted.items[0].count);
    await look(page, 'console-statistics-phone');
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
    assert.deepEqual([after.length - before, after[0].count, after[0].qualifier], [1, 400, 'approx']);
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
    assert.ok(await page.locator('.mark-on-map').count() > 0);
    assert.ok(await page.locator('.land.named').count() === 5, 'five countries are drawn');
    await page.getByText('Boundaries are no statement on status.').waitFor();
    await look(page, 'console-map-phone');
    await page.getByLabel('Country').selectOption('MMR');
    await page.getByRole('rowheader', { name: 'KK园区' }).waitFor({ timeout: 30_000 });
    assert.match(page.url(), /country=MMR/);
    await page.context().close();
  });
}
