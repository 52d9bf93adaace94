// Cases that are given to a colleague, many at once or one by one.

import assert from 'node:assert/strict';
import { address, look, step } from './shared.mjs';
import { MERGE_PATCH, api, console_, heading, signIn } from './staff.mjs';

const SUPERVISOR = 'supervisor.safe-return';
const CASEWORKER = 'caseworker.safe-return';
const NAMES = ['မောင်မောင်', 'စန္ဒာဝင်း', 'နော်ဖော', 'ခွန်ထွန်း'];
const walkIn = (name) => ({ host_country: 'KHM', intake_channel: 'raid', nationality_claimed: 'MMR', identity: { original_script_name: name } });

export async function assigning() {
  await step('many cases are given at once; one that somebody changed stops none of the others', async () => {
    const [ask, caseworker] = [await api(SUPERVISOR), await api(CASEWORKER)];
    const to = (await caseworker('GET', '/v1/me')).body.user_id;
    const cases = [];
    for (const name of NAMES) cases.push((await ask('POST', '/v1/cases', walkIn(name))).body);
    const page = await console_();
    await signIn(page, SUPERVISOR);
    await page.goto(`${address}/console/#/cases?nationality=MMR&stage=registered`);
    for (const one of cases) await page.getByRole('checkbox', { name: `Choose: ${one.code}` }).check({ timeout: 30_000 });
    await page.getByRole('heading', { name: '4 cases are chosen' }).waitFor();
    await page.getByLabel('To whom').selectOption(to);
    await look(page, 'console-assign');
    // One is changed meanwhile, one is answered by nothing although it was done, and one is asked to wait.
    const changed = cases[1];
    assert.equal((await ask('PATCH', `/v1/cases/${changed.id}`, { risk_level: 'high' }, { 'If-Match': `"${changed.version}"`, ...MERGE_PATCH })).status, 200);
    let [lost, waits] = [0, 0];
    await page.route(`**/v1/cases/${cases[2].id}/assign`, async (route) => {
      await route.fetch();
      lost += 1;
      return route.abort('connectionreset');
    });
    await page.route(`**/v1/cases/${cases[3].id}/assign`, (route) => {
      waits += 1;
      return waits === 1 ? route.fulfill({ status: 429, headers: { 'Retry-After': '1' }, contentType: 'application/problem+json', json: { type: '', title: '', status: 429, code: 'too_many_requests', instance: 'urn:uuid:1' } }) : route.continue();
    });
    await page.getByRole('button', { name: 'Give these 4 cases' }).click();
    await page.getByText('One was not:').waitFor({ timeout: 30_000 });
    assert.deepEqual([lost, waits], [1, 2]);
    const failed = page.getByRole('listitem').filter({ hasText: changed.code });
    await failed.getByText('Somebody else changed this meanwhile').waitFor();
    const holders = async () => Promise.all(cases.map(async (one) => (await ask('GET', `/v1/cases/${one.id}`)).body.assigned_to === to));
    assert.deepEqual(await holders(), [true, false, true, true]);
    // What failed is still chosen, and was read anew.
    await page.getByRole('heading', { name: 'One case is chosen' }).waitFor();
    await page.getByRole('button', { name: 'Give it' }).click();
    await page.getByText('One case was given').waitFor({ timeout: 30_000 });
    assert.deepEqual(await holders(), [true, true, true, true]);
    assert.equal((await ask('GET', `/v1/cases/${changed.id}`)).body.risk_level, 'high', 'nothing of the other one is lost');
    await page.context().close();
    // Whoever was given them reads so on each.
    const holder = await console_();
    await signIn(holder, CASEWORKER);
    for (const [at, name] of NAMES.entries()) {
      await holder.goto(`${address}/console/#/cases/${cases[at].id}`);
      await heading(holder, name);
      await holder.getByRole('region', { name: 'Who holds the case' }).getByText('Caseworker, Safe Return Cambodia', { exact: true }).waitFor({ timeout: 30_000 });
    }
    await holder.context().close();
  });

  await step('who holds a case stands on its page by name, and it is given to nobody or to another one there', async () => {
    const ask = await api(SUPERVISOR);
    const { body: file } = await ask('POST', '/v1/cases', walkIn('သီရိ'));
    const page = await console_({ viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true });
    await signIn(page, SUPERVISOR);
    await page.goto(`${address}/console/#/cases/${file.id}`);
    const holder = page.getByRole('region', { name: 'Who holds the case' });
    await holder.getByText('Give it to a colleague').click();
    await holder.getByLabel('To whom').selectOption({ label: 'Caseworker, Safe Return Cambodia, NGO caseworker' });
    await look(page, 'console-holder-phone');
    await holder.getByRole('button', { name: 'Give it' }).click();
    await holder.getByText('Caseworker, Safe Return Cambodia', { exact: true }).waitFor({ timeout: 30_000 });
    const to = (await (await api(CASEWORKER))('GET', '/v1/me')).body.user_id;
    const given = async () => (await ask('GET', `/v1/cases/${file.id}`)).body.assigned_to;
    assert.equal(await given(), to);
    await page.reload();
    await holder.getByText('Caseworker, Safe Return Cambodia', { exact: true }).waitFor({ timeout: 30_000 });
    const giveTo = async (whom) => {
      await holder.getByText('Give it to a colleague').click();
      await holder.getByLabel('To whom').selectOption(whom);
      await holder.getByRole('button', { name: 'Give it' }).click();
    };
    await giveTo({ label: 'Nobody: it waits for somebody' });
    await holder.getByText('Nobody yet', { exact: true }).waitFor({ timeout: 30_000 });
    assert.equal(await given(), null);
    await page.reload();
    await holder.getByText('Nobody yet', { exact: true }).waitFor({ timeout: 30_000 });
    await giveTo(to);
    await holder.getByText('Caseworker, Safe Return Cambodia', { exact: true }).waitFor({ timeout: 30_000 });
    assert.equal(await given(), to);
    await page.context().close();
    // Who may not give cases sees whose it is, and is offered nothing.
    const other = await console_();
    await signIn(other, CASEWORKER);
    await other.goto(`${address}/console/#/cases/${file.id}`);
    await other.getByRole('region', { name: 'Who holds the case' }).getByText('Caseworker, Safe Return Cambodia', { exact: true }).waitFor({ timeout: 30_000 });
    assert.equal(await other.getByText('Give it to a colleague').count(), 0);
    await other.goto(`${address}/console/#/cases`);
    await heading(other, 'Cases');
    await other.getByRole('rowheader').first().waitFor({ timeout: 30_000 });
    assert.equal(await other.getByRole('checkbox').count(), 0);
    assert.equal(await other.getByText('Choose all').count(), 0);
    await other.context().close();
  });
}
