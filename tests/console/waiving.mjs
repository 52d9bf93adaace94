// One note verbale for several fines, with the authority's answer for each.

import assert from 'node:assert/strict';
import { address, look, step } from './shared.mjs';
import { MERGE_PATCH, OFFICER, PHONE, api, console_, heading, nothingElseIsKept, signIn } from './staff.mjs';
import { atClearing } from './travelling.mjs';

const field = (page, name) => page.locator(`[name="/${name}"]`);
const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
const waiverOf = async (ask, person) => (await ask('GET', `/v1/cases/${person.id}/fine-waivers`)).body.items.map((one) => [one.status, one.percent, one.reference]);

export async function waiving() {
  const ask = await api(OFFICER);
  let [granted, refused, later, id] = [];

  await step('a list of waivers is made, and people are put on it', async () => {
    [granted, refused, later] = await Promise.all([atClearing(ask, { given_name: 'Rizki', family_name: 'Pratama' }), atClearing(ask, { given_name: 'สมหญิง' }), atClearing(ask, { original_script_name: '阮氏花' })]);
    // They overstayed: where nothing is owed nothing is waived.
    for (const person of [granted, refused, later]) {
      const path = `/v1/cases/${person.id}/immigration-clearance`;
      assert.equal((await ask('PATCH', path, { stay_expired_on: '2025-05-28' }, { 'If-Match': (await ask('GET', path)).etag, ...MERGE_PATCH })).status, 200);
    }
    const page = await console_();
    await signIn(page, OFFICER);
    await page.getByRole('navigation').getByRole('link', { name: 'Waivers of fines' }).click();
    await heading(page, 'Waivers of fines');
    await page.getByRole('link', { name: 'New list' }).click();
    await heading(page, 'New list');
    await field(page, 'reference').fill('NV 118/XI/2026');
    await field(page, 'addressee').fill('General Department of Immigration');
    await field(page, 'sent_on').fill(day);
    await field(page, 'requested_percent').fill('1800 %');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('[data-pointer="/requested_percent"] .error').waitFor({ timeout: 30_000 });
    await page.locator('[data-pointer="/reason"] .error').waitFor();
    await look(page, 'console-waiver-refused');
    await page.getByRole('button', { name: '80 %' }).click();
    await field(page, 'reason').selectOption('non_punishment');
    await page.getByRole('button', { name: 'Save' }).click();
    await heading(page, 'NV 118/XI/2026');
    const [list] = (await ask('GET', '/v1/waiver-requests')).body.items;
    id = list.id;
    assert.deepEqual([list.requested_percent, list.reason, list.sent_on], ['80', 'non_punishment', day]);
    await page.getByRole('link', { name: 'Put people on the list' }).click();
    for (const name of ['Rizki Pratama', 'สมหญิง', '阮氏花']) await page.getByRole('checkbox', { name }).first().check({ timeout: 30_000 });
    // The answer is lost, and what was sent is done once.
    let lost = 0;
    await page.route('**/members', async (route) => {
      await route.fetch();
      lost += 1;
      return route.abort('connectionreset');
    });
    const put = page.getByRole('button', { name: 'Put 3 people on the list' });
    await put.click();
    await page.getByText('No answer came').waitFor({ timeout: 30_000 });
    await page.unroute('**/members');
    await put.click();
    await page.getByText('All 3 are on the list now.').waitFor({ timeout: 30_000 });
    assert.deepEqual([lost, (await ask('GET', `/v1/waiver-requests/${id}`)).body.members.length, await waiverOf(ask, later)], [1, 3, [['requested', '80', null]]]);
    await page.getByRole('link', { name: 'Back to the list' }).click();
    await page.getByText('3 people on the list whom you may see, 3 without an answer').waitFor({ timeout: 30_000 });
    await nothingElseIsKept(page);
    await page.context().close();
  });

  await step('the authority answers for two, and the third still waits', async () => {
    const page = await console_(PHONE);
    await signIn(page, OFFICER);
    await page.goto(`${address}/console/#/waivers/${id}`);
    await heading(page, 'NV 118/XI/2026');
    const of = (person) => page.getByRole('group', { name: person.code });
    assert.deepEqual(await page.getByLabel('What the authority said').evaluateAll((all) => all.map((one) => one.value)), ['', '', ''], 'no answer is chosen beforehand');
    await of(granted).getByLabel('What the authority said').selectOption('granted');
    await of(granted).getByLabel('Part that is waived').fill('៥០');
    await of(refused).getByLabel('What the authority said').selectOption('refused');
    await page.getByLabel('Day of the decision').fill('17.3.2099');
    await page.getByRole('button', { name: 'Record 2 answers' }).click();
    await page.getByText('This day lies in the future.').first().waitFor({ timeout: 30_000 });
    await look(page, 'console-answers-refused-phone');
    await page.getByLabel('Day of the decision').fill(day);
    await page.getByLabel('Number of the decision').fill('GDI 7');
    await page.getByRole('button', { name: 'Record 2 answers' }).click();
    await page.getByText('3 people on the list whom you may see, one without an answer').waitFor({ timeout: 30_000 });
    await look(page, 'console-answers-phone');
    assert.deepEqual([await waiverOf(ask, granted), await waiverOf(ask, refused), await waiverOf(ask, later)], [[['granted', '50', 'GDI 7']], [['refused', '80', 'GDI 7']], [['requested', '80', null]]]);
    assert.equal(await page.getByLabel('What the authority said').count(), 1);
    // One that was written down wrongly is put right on its case.
    await page.getByRole('link', { name: `Change: ${refused.code}` }).click();
    await page.getByRole('heading', { name: 'Waiver of the fine' }).waitFor({ timeout: 30_000 });
    await page.context().close();
  });

  await step('a list of another organisation is not there, and an answer of a colleague is seen', async () => {
    const other = await console_();
    await signIn(other, 'caseworker.safe-return');
    await other.goto(`${address}/console/#/waivers/${id}`);
    await heading(other, 'There is no such list');
    await other.context().close();
    const page = await console_();
    await signIn(page, OFFICER);
    await page.goto(`${address}/console/#/waivers/${id}`);
    const group = page.getByRole('group', { name: later.code });
    await group.getByLabel('What the authority said').selectOption('refused', { timeout: 30_000 });
    await page.getByLabel('Day of the decision').fill(day);
    // Meanwhile the supervisor wrote down that it was granted: theirs stands, and is not written over.
    const colleague = await api('supervisor.idn');
    assert.equal((await colleague('POST', `/v1/waiver-requests/${id}/answers`, { answers: [{ case_id: later.id, status: 'granted', granted_percent: '100', answered_on: day }] })).status, 201);
    await page.getByRole('button', { name: 'Record one answer' }).click();
    await page.getByText(`What was said of these stands already, below: ${later.code}.`).waitFor({ timeout: 30_000 });
    await page.getByText('all answered').waitFor();
    assert.deepEqual(await waiverOf(ask, later), [['granted', '100', null]]);
    await page.context().close();
  });
}
