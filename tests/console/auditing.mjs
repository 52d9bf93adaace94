// Who watches over it: the trail of what was done, its export by two persons, and who saw a person.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { colleague } from './accounts.mjs';
import { address, look, step } from './shared.mjs';
import { OFFICER, api, console_, heading, named, nothingElseIsKept, sealed, signIn, until } from './staff.mjs';

const COLUMNS = ['when', 'operation', 'result', 'who', 'organisation', 'about'];
/** The rows of the table on screen, by their columns. */
const rows = (page) => page.locator('tbody tr').evaluateAll((all, names) => all.map((row) => Object.fromEntries([...row.children].map((cell, at) => [names[at], cell.textContent]))), COLUMNS);

export async function auditing() {
  await step('an auditor reads what was done, by result and by operation, and keeps a checkpoint', async () => {
    const { user_id, organisation_name } = (await (await api('admin'))('GET', '/v1/me')).body;
    const ask = await api('auditor');
    const [refusal] = await sealed(async () => {
      const { items } = (await ask('GET', `/v1/audit/entries?decision=refused&caller_id=${user_id}`)).body;
      return items.length ? items : null;
    }, 'the refusal is sealed');
    const page = await console_();
    await signIn(page, 'auditor');
    await heading(page, 'Audit');
    await page.getByRole('row').nth(1).waitFor({ timeout: 30_000 });
    await look(page, 'console-audit');
    await page.getByLabel('Operation').fill('login');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.waitForFunction(() => location.hash.includes('operation=login'));
    const logins = await until(async () => {
      const shown = await rows(page);
      return shown.length && shown.every((row) => row.operation.startsWith('login')) ? shown : null;
    }, 'the sign-ins alone');
    assert.ok(logins.some((row) => row.about.includes(user_id.slice(0, 8)) && row.result === 'Allowed'), 'the administrator signed in');
    await page.getByLabel('Operation').fill('');
    await page.getByLabel('Result').selectOption({ label: 'Refused' });
    const refused = await until(async () => {
      const shown = await rows(page);
      return shown.length && shown.every((row) => row.result.startsWith('Refused')) ? shown : null;
    }, 'the refusals alone');
    assert.ok(refused.some((row) => row.operation.startsWith(refusal.operation) && row.who === user_id && row.organisation === organisation_name), 'what the administrator was refused');
    assert.match(page.url(), /decision=refused/);
    await page.getByRole('link', { name: 'Checkpoints' }).click();
    const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save the newest one' }).click({ timeout: 30_000 })]);
    const { items } = (await ask('GET', '/v1/audit/checkpoints')).body;
    const kept = readFileSync(await saved.path(), 'utf8');
    assert.ok(items.some((one) => one.note === kept), 'as it was signed, to the last letter');
    await look(page, 'console-checkpoints');
    await nothingElseIsKept(page);
    await page.context().close();
  });

  await step('an export is asked for, approved by a second person, made and saved once', async () => {
    const page = await console_();
    await signIn(page, 'auditor');
    await page.goto(`${address}/console/#/audit/exports`);
    await page.getByRole('button', { name: 'Ask a second person' }).waitFor({ timeout: 30_000 });
    await page.getByLabel('From').fill('2026-01-01T00:00');
    await page.getByLabel('Before').fill('2099-01-01T00:00');
    await page.getByLabel('Why').fill('Too short');
    await page.getByRole('button', { name: 'Ask a second person' }).click();
    await page.locator('[data-pointer="/reason"] .error').waitFor({ timeout: 30_000 });
    await page.getByLabel('Why').fill('Yearly review of every sign-in of this organisation');
    await page.getByRole('button', { name: 'Ask a second person' }).click();
    await page.getByRole('cell', { name: 'Waits for a supervisor' }).waitFor({ timeout: 30_000 });
    assert.equal(await page.getByRole('button', { name: 'Make it and save it' }).count(), 0, 'nobody approves their own');
    await look(page, 'console-audit-export');
    const second = await colleague(`hung.${Date.now().toString(36)}`, 'ngo_supervisor', 'nine paper boats go home');
    const { items } = (await second('GET', '/v1/approvals')).body;
    const asked = items.find((one) => one.audit_export && one.status === 'open');
    assert.equal((await second('POST', `/v1/approvals/${asked.id}/approve`)).status, 200);
    await page.getByRole('button', { name: 'Look again' }).click();
    const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Make it and save it' }).click({ timeout: 30_000 })]);
    const [head, ...lines] = readFileSync(await saved.path(), 'utf8').trim().split('\r\n');
    assert.ok(head.includes('operation') && lines.some((line) => line.includes('login')), head);
    await page.getByRole('cell', { name: 'Done' }).waitFor({ timeout: 30_000 });
    await page.context().close();
  });

  await step('a supervisor sees who saw a person, and an officer is not led there', async () => {
    const officer = await api(OFFICER);
    // The person of the walk-ins: what was seen of them a minute ago is sealed. Alone, this registers somebody, and waits that long.
    const [known] = await named(officer, 'Ratna Wijaya');
    const { id } = known ?? (await officer('POST', '/v1/cases', { host_country: 'KHM', intake_channel: 'walk_in_embassy', identity: { original_script_name: 'ကိုအောင်' } })).body;
    await officer('GET', `/v1/cases/${id}`);
    const page = await console_();
    await signIn(page, 'supervisor.idn');
    await page.goto(`${address}/console/#/cases/${id}`);
    await page.getByRole('link', { name: 'Who saw this person' }).click({ timeout: 30_000 });
    await heading(page, 'Who saw this person');
    const supervisor = await api('supervisor.idn');
    const { user_id, display_name } = (await officer('GET', '/v1/me')).body;
    const theirLook = (one) => one.operation === 'get_case' && one.user_id === user_id;
    await sealed(async () => (await supervisor('GET', `/v1/cases/${id}/accesses`)).body.items.some(theirLook), 'the look of the officer is sealed');
    await page.reload();
    await page.getByRole('row').filter({ hasText: 'get_case' }).filter({ hasText: display_name }).filter({ hasText: 'Embassy of Indonesia, Phnom Penh' }).first().waitFor({ timeout: 30_000 });
    await look(page, 'console-accesses');
    await page.goto(`${address}/console/#/audit`);
    await page.getByText('the list never says which').waitFor({ timeout: 30_000 });
    assert.deepEqual(await page.locator('.tabs a').allTextContents(), ['What is odd', 'Checkpoints']);
    await page.context().close();
    const theirs = await console_();
    const refused = [];
    theirs.on('response', (answer) => { if (answer.status() === 403) refused.push(answer.url()); });
    await signIn(theirs, OFFICER);
    await theirs.goto(`${address}/console/#/cases/${id}`);
    await theirs.getByRole('heading', { name: 'What is known' }).waitFor({ timeout: 30_000 });
    assert.equal(await theirs.getByRole('link', { name: 'Who saw this person' }).count(), 0);
    await theirs.goto(`${address}/console/#/cases/${id}/accesses`);
    await theirs.getByRole('heading', { name: 'What is known' }).waitFor({ timeout: 30_000 });
    assert.deepEqual(refused, []);
    await theirs.context().close();
  });
}

/** Before the other stories, for it is sealed a minute later: an administrator, who is of the auditor's organisation, signs in, and asks for
 *  what is not theirs. */
auditing.before = async () => assert.equal((await (await api('admin'))('GET', '/v1/cases')).status, 403);
