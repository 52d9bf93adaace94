// What two people answer for: one asks, another one decides, and the first one does it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { colleague } from './accounts.mjs';
import { address, look, step } from './shared.mjs';
import { OFFICER, api, console_, heading, named, passwordOf, signIn } from './staff.mjs';
import { atClearing } from './travelling.mjs';

const SUPERVISOR = 'supervisor.idn';
/** A second supervisor of the same mission: nobody approves what they asked for themselves. */
const SECOND = { username: `second.idn.${Date.now().toString(36)}`, password: 'four quiet rivers under one bridge' };

async function secondSupervisor() {
  const { organisation_id } = (await (await api(SUPERVISOR))('GET', '/v1/me')).body;
  return colleague(SECOND.username, 'embassy_supervisor', SECOND.password, organisation_id);
}

/** A tab of the second supervisor, who is in no list of accounts. */
async function secondSignsIn(view) {
  const page = await console_(view);
  await page.getByLabel('Username').fill(SECOND.username);
  await page.getByLabel('Password').fill(SECOND.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor({ timeout: 30_000 });
  return page;
}

export async function decisions() {
  await step('an officer asks to share without a consent; a supervisor reads whom and what, and decides', async () => {
    const [officer, supervisor] = [await api(OFFICER), await api(SUPERVISOR)];
    const { body: file } = await officer('POST', '/v1/cases', { host_country: 'KHM', intake_channel: 'hospital', nationality_claimed: 'IDN', identity: { given_name: 'I Gusti Ayu', family_name: 'Pradnyani' } });
    const override = { case_id: file.id, purpose: 'share_with_shelter_health', recipient: 'organisation_kind', recipient_organisation_kind: 'health_service_organisation', compartments: ['health'], basis: 'vital_interest', expires_at: new Date(Date.now() + 86_400_000).toISOString() };
    const asked = await officer('POST', '/v1/approvals', { consent_override: override, reason: 'Unconscious since the morning, and needs a transfusion' });
    assert.equal(asked.status, 201, JSON.stringify(asked.body));
    const page = await console_({ viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true });
    await signIn(page, OFFICER);
    await page.goto(`${address}/console/#/decisions`);
    const own = page.getByRole('article').filter({ hasText: 'needs a transfusion' });
    await own.waitFor({ timeout: 30_000 });
    assert.equal(await own.getByRole('button').count(), 0, 'nobody is offered to decide on what they asked for');
    await page.context().close();

    const other = await console_();
    await signIn(other, SUPERVISOR);
    await other.getByRole('link', { name: 'Decisions' }).click();
    await heading(other, 'Decisions');
    const card = other.getByRole('article').filter({ hasText: 'needs a transfusion' });
    await card.getByRole('link', { name: `I Gusti Ayu Pradnyani ${file.code}` }).waitFor({ timeout: 30_000 });
    for (const words of ['Share something about a person without their consent', 'Vital interest of the person', 'Clinic or hospital', 'Health', 'Officer, Indonesian embassy']) await card.getByText(words, { exact: false }).first().waitFor();
    assert.ok(!/[{}]|_/.test(await card.textContent()), 'in words, and never as the API writes it');
    await look(other, 'console-decisions');
    await card.getByRole('button', { name: 'Approve' }).click();
    await look(other, 'console-decision-sure');
    await other.getByRole('button', { name: 'Yes, approve it' }).click();
    await card.getByText('Approved, and not done yet').waitFor({ timeout: 30_000 });
    const now = (await officer('GET', `/v1/approvals/${asked.body.id}`)).body;
    assert.deepEqual([now.status, now.decided_by], ['approved', (await supervisor('GET', '/v1/me')).body.user_id]);
    await other.reload();
    await card.getByText('Approved, and not done yet').waitFor({ timeout: 30_000 });
    assert.equal(await card.getByRole('button', { name: 'Approve' }).count(), 0, 'what is decided is not asked again');
    await other.context().close();
  });

  await step('a supervisor says no; what another one decided meanwhile is read, and not decided twice', async () => {
    const [officer, supervisor] = [await api(OFFICER), await api(SUPERVISOR)];
    const { body: file } = await officer('POST', '/v1/cases', { host_country: 'KHM', intake_channel: 'walk_in_embassy', nationality_claimed: 'IDN', identity: { given_name: 'Yohanes', family_name: 'Lamatapo' } });
    const override = { case_id: file.id, purpose: 'share_with_court', recipient: 'anyone', compartments: ['identity'], basis: 'court_order', expires_at: new Date(Date.now() + 86_400_000).toISOString() };
    const asked = await officer('POST', '/v1/approvals', { consent_override: override, reason: 'The court wants to know who the witness is' });
    const other = await officer('POST', '/v1/approvals', { consent_override: override, reason: 'A newspaper wants to print the story' });
    const page = await console_();
    await signIn(page, SUPERVISOR);
    await page.goto(`${address}/console/#/decisions`);
    const no = page.getByRole('article').filter({ hasText: 'A newspaper' });
    await no.getByRole('button', { name: 'Reject' }).click();
    await page.getByRole('button', { name: 'Yes, reject it' }).click();
    await no.getByText('Rejected', { exact: true }).waitFor({ timeout: 30_000 });
    assert.equal((await officer('GET', `/v1/approvals/${other.body.id}`)).body.status, 'rejected');
    const card = page.getByRole('article').filter({ hasText: 'who the witness is' });
    await card.getByRole('button', { name: 'Reject' }).click();
    assert.equal((await supervisor('POST', `/v1/approvals/${asked.body.id}/approve`)).status, 200);
    await page.getByRole('button', { name: 'Yes, reject it' }).click();
    await card.getByText('Approved, and not done yet').waitFor({ timeout: 30_000 });
    await card.getByRole('alert').waitFor();
    assert.equal((await officer('GET', `/v1/approvals/${asked.body.id}`)).body.status, 'approved');
    await page.context().close();
  });

  await step('names are exported: asked for, approved by another one, made, counted down and saved once', async () => {
    await secondSupervisor();
    const [ask, officer] = [await api(SUPERVISOR), await api(OFFICER)];
    // Two whom the export is not of: by their stage, and because nobody asked for their nationality.
    await atClearing(officer, { given_name: 'Wayan', family_name: 'Suardana' });
    assert.equal((await officer('POST', '/v1/cases', { host_country: 'KHM', intake_channel: 'walk_in_embassy', identity: { given_name: 'Aisyah', family_name: 'Binti Hamid' } })).status, 201);
    const page = await console_();
    await signIn(page, SUPERVISOR);
    await page.goto(`${address}/console/#/decisions/export`);
    await heading(page, 'Ask for an export of names');
    await page.getByLabel('Nationality').selectOption('IDN');
    await page.getByLabel('Stage').selectOption('registered');
    await page.getByLabel('Why').fill('Too short');
    await page.getByRole('button', { name: 'Ask a second person' }).click();
    await page.locator('[data-pointer="/reason"] .error').waitFor({ timeout: 30_000 });
    await look(page, 'console-export-ask');
    await page.getByLabel('Why').fill('For the register of the ministry, at the end of the month');
    let isLost = true;
    await page.route('**/v1/approvals', async (route) => {
      if (route.request().method() !== 'POST' || !isLost) return route.continue();
      isLost = false;
      await route.fetch();
      return route.abort('connectionreset');
    });
    await page.getByRole('button', { name: 'Ask a second person' }).click();
    await page.getByRole('button', { name: 'Send it again' }).click();
    await heading(page, 'Decisions');
    const mine = page.getByRole('article').filter({ hasText: 'register of the ministry' });
    await mine.getByText('Waits for a decision').waitFor();
    assert.equal(await page.getByRole('article').filter({ hasText: 'register of the ministry' }).count(), 1, 'asked once');
    const asked = (await ask('GET', '/v1/approvals?limit=200')).body.items.filter((one) => one.reason?.includes('register of the ministry'));
    assert.deepEqual(asked.map((one) => [one.export.nationality, one.export.stage, one.status]), [['IDN', 'registered', 'open']]);

    const other = await secondSignsIn();
    await other.goto(`${address}/console/#/decisions`);
    const card = other.getByRole('article').filter({ hasText: 'register of the ministry' });
    await card.getByText('Indonesia', { exact: true }).waitFor({ timeout: 30_000 });
    await card.getByRole('button', { name: 'Approve' }).click();
    await other.getByRole('button', { name: 'Yes, approve it' }).click();
    await card.getByText('Approved, and not done yet').waitFor({ timeout: 30_000 });
    assert.equal(await card.getByRole('button', { name: 'Make the export' }).count(), 0, 'only whoever asked makes it');
    await other.context().close();

    await page.reload();
    await mine.getByRole('button', { name: 'Make the export' }).click();
    const proof = page.getByRole('dialog', { name: 'Enter your password again' });
    await proof.locator('input[type=password]').fill(passwordOf(SUPERVISOR));
    await page.keyboard.press('Enter');
    await heading(page, 'The table of names');
    assert.match(await page.getByRole('timer').textContent(), /1[45]:\d\d/);
    await look(page, 'console-export');
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Fetch the table, and save it here' }).click();
    const saved = await saving;
    assert.match(saved.suggestedFilename(), /^names-\d{4}-\d\d-\d\d\.csv$/, 'nobody is named by the file');
    const table = readFileSync(await saved.path(), 'utf8');
    assert.ok(table.startsWith('\ufeff') && table.includes('Pradnyani') && table.includes('Lamatapo'));
    assert.ok(!/Suardana|Hamid/.test(table), 'of whom was asked, and of nobody else');
    await page.getByText('The copy stays on this computer').waitFor();
    assert.equal(await page.getByRole('button', { name: /Fetch/ }).count(), 0);
    // Whoever comes back to the address finds nothing there.
    const [, id] = /exports\/([0-9a-f-]+)/.exec(page.url());
    assert.equal((await ask('GET', `/v1/exports/${id}/csv`)).status, 404);
    await page.reload();
    await page.getByRole('button', { name: /Fetch/ }).click();
    await proof.locator('input[type=password]').fill(passwordOf(SUPERVISOR));
    await page.keyboard.press('Enter');
    await page.getByText('It cannot be fetched any more').waitFor({ timeout: 30_000 });
    await page.context().close();
  });

  await step('a person who asks for it is erased, by two, and nothing of them is left', async () => {
    const [ask, officer] = [await api(SUPERVISOR), await api(OFFICER)];
    const { body: file } = await officer('POST', '/v1/cases', { host_country: 'KHM', intake_channel: 'walk_in_embassy', nationality_claimed: 'IDN', identity: { given_name: 'Dewi', family_name: 'Kartikasari' } });
    assert.equal((await named(officer, 'Dewi Kartikasari')).length, 1);
    const page = await console_();
    await signIn(page, SUPERVISOR);
    await page.goto(`${address}/console/#/cases/${file.id}`);
    await page.getByRole('link', { name: 'Ask to erase this person' }).click();
    await heading(page, 'Ask to erase this person');
    await page.getByRole('link', { name: 'Dewi Kartikasari' }).waitFor({ timeout: 30_000 });
    assert.equal(await page.locator('input[type=radio]:checked').count(), 0, 'nobody says for the person that they asked');
    await page.getByRole('radio', { name: 'Yes' }).check();
    await page.getByLabel('Why').fill('The person wrote a letter and signed it here');
    await look(page, 'console-erase-ask');
    await page.getByRole('button', { name: 'Ask a second person' }).click();
    await heading(page, 'Decisions');
    const asked = (await ask('GET', '/v1/approvals')).body.items.find((one) => one.erasure?.case_id === file.id);
    assert.equal(asked.erasure.requested_by_person, true);
    const other = await secondSignsIn();
    await other.goto(`${address}/console/#/decisions`);
    const card = other.getByRole('article').filter({ hasText: 'signed it here' });
    await card.getByRole('link', { name: `Dewi Kartikasari ${file.code}` }).waitFor({ timeout: 30_000 });
    await card.getByRole('button', { name: 'Approve' }).click();
    await other.getByRole('button', { name: 'Yes, approve it' }).click();
    await card.getByText('Approved, and not done yet').waitFor({ timeout: 30_000 });
    await other.context().close();
    await page.reload();
    const mine = page.getByRole('article').filter({ hasText: 'signed it here' });
    await mine.getByRole('button', { name: 'Erase this person' }).click();
    assert.equal((await officer('GET', `/v1/cases/${file.id}`)).status, 200, 'nothing happened before the last word');
    await page.getByRole('button', { name: 'Yes, erase this person for ever' }).click();
    const proof = page.getByRole('dialog', { name: 'Enter your password again' });
    await proof.locator('input[type=password]').fill(passwordOf(SUPERVISOR));
    await page.keyboard.press('Enter');
    await page.getByRole('article').filter({ hasText: 'Erase everything about a person' }).getByText('Done', { exact: true }).waitFor({ timeout: 30_000 });
    assert.equal((await officer('GET', `/v1/cases/${file.id}`)).status, 404);
    assert.deepEqual(await named(officer, 'Dewi Kartikasari'), []);
    await page.goto(`${address}/console/#/cases/${file.id}`);
    await heading(page, 'There is no such case');
    assert.ok(!(await page.content()).includes('Kartikasari'));
    await page.context().close();
  });
}
