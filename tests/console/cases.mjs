// A case that several people change, what is missing for its next step, and one that is not there. Needs the person of the walk-ins.

import assert from 'node:assert/strict';
import { address, look, step } from './shared.mjs';
import { passwordOf, OFFICER, console_, signIn, api, named, nothingElseIsKept, MERGE_PATCH, heading } from './staff.mjs';

export async function cases() {
  let id = '';
  await step('two change one case: what differs is shown, and nobody loses anything', async () => {
    const ask = await api(OFFICER);
    [{ id }] = await named(ask, 'Ratna Wijayanti');
    const page = await console_();
    await signIn(page, OFFICER);
    await page.goto(`${address}/console/#/cases/${id}?form=case&field=risk_level`);
    await page.getByLabel('Danger').selectOption('high');
    await page.getByLabel('Family name').fill('Wijaya');
    const before = await ask('GET', `/v1/cases/${id}`);
    const change = { risk_level: 'low', health: { immediate_needs: 'Sleep' } };
    assert.equal((await ask('PATCH', `/v1/cases/${id}`, change, { 'If-Match': before.etag, ...MERGE_PATCH })).status, 200);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Somebody else changed this while').waitFor({ timeout: 30_000 });
    await page.getByText('you had not touched it: Needs now').waitFor();
    await look(page, 'console-merge');
    await page.getByLabel('Theirs: Low').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Ratna Wijaya', { exact: true }).waitFor({ timeout: 30_000 });
    const after = (await ask('GET', `/v1/cases/${id}`)).body;
    assert.deepEqual([after.risk_level, after.identity.family_name, after.health.immediate_needs], ['low', 'Wijaya', 'Sleep']);
    await page.context().close();
  });

  await step('a draft that somebody overtook is laid on what they did, and not over it', async () => {
    const ask = await api(OFFICER);
    const page = await console_();
    await signIn(page, OFFICER);
    await page.goto(`${address}/console/#/cases/${id}?form=case&field=health.immediate_needs`);
    await page.getByLabel('Needs now').fill('Sleep, and a doctor');
    await page.getByRole('link', { name: 'Today' }).click();
    await heading(page, 'Today');
    const before = await ask('GET', `/v1/cases/${id}`);
    assert.equal((await ask('PATCH', `/v1/cases/${id}`, { risk_level: 'medium' }, { 'If-Match': before.etag, ...MERGE_PATCH })).status, 200);
    await page.goto(`${address}/console/#/cases/${id}?form=case&field=health.immediate_needs`);
    await page.getByText('you had not touched it: Danger').waitFor({ timeout: 30_000 });
    assert.deepEqual([await page.getByLabel('Danger').inputValue(), await page.getByLabel('Needs now').inputValue()], ['medium', 'Sleep, and a doctor']);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Change the facts' }).waitFor({ state: 'hidden', timeout: 30_000 });
    const after = (await ask('GET', `/v1/cases/${id}`)).body;
    assert.deepEqual([after.risk_level, after.health.immediate_needs], ['medium', 'Sleep, and a doctor']);
    await page.context().close();
  });

  await step('one penalty is settled, and the others are still there', async () => {
    const ask = await api(OFFICER);
    const path = `/v1/cases/${id}/immigration-clearance`;
    const penalties = [{ kind: 'illegal_entry', status: 'open', reference: 'A1' }, { kind: 'exit_visa_fee', status: 'open', reference: 'A2' }];
    const empty = await ask('GET', path);
    assert.equal((await ask('PATCH', path, { penalties }, { 'If-Match': empty.etag, ...MERGE_PATCH })).status, 200);
    const page = await console_();
    await signIn(page, OFFICER);
    await page.goto(`${address}/console/#/cases/${id}?form=immigration-clearance&field=penalties`);
    const status = page.locator('select[name="/penalties/0/status"]');
    await status.waitFor({ timeout: 30_000 });
    assert.equal(await status.inputValue(), 'open', 'the form begins with what is there');
    await look(page, 'console-clearance');
    await status.selectOption('paid');
    await page.getByRole('button', { name: 'Save the change' }).click();
    await page.getByText('This is needed.').first().waitFor({ timeout: 30_000 });
    await page.locator('input[name="/penalties/0/settled_on"]').fill('2.11.2026');
    await page.getByRole('button', { name: 'Save the change' }).click();
    await status.waitFor({ state: 'hidden', timeout: 30_000 });
    const after = (await ask('GET', path)).body.penalties;
    assert.deepEqual(after.map((one) => [one.reference, one.status]), [['A1', 'paid'], ['A2', 'open']]);
    await page.context().close();
  });

  await step('what is missing is a list that leads to the form, and the step is made here', async () => {
    const ask = await api(OFFICER);
    const page = await console_();
    await signIn(page, OFFICER);
    await page.goto(`${address}/console/#/cases/${id}`);
    // A reload forgets when one proved who one is: the next step that asks for it asks here.
    await page.reload();
    await heading(page, 'Ratna Wijaya');
    const unmet = page.locator('.checklist').first().getByRole('link');
    await unmet.first().waitFor({ timeout: 30_000 });
    await look(page, 'console-checklist');
    await page.goto(`${address}/console/#/cases/${id}?form=embassy-contacts&field=person_decision`);
    // The walk-in is a contact already: it is shown, and no blank form hides it.
    await page.getByRole('button', { name: 'Change', exact: true }).waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Add another one' }).click();
    await page.waitForFunction(() => document.activeElement?.getAttribute('name') === '/person_decision', null, { timeout: 30_000 });
    assert.equal(await page.getByLabel('What the person decided').inputValue(), '', 'no decision is chosen beforehand');
    await look(page, 'console-record');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.goto(`${address}/console/#/cases/${id}?form=embassy-contacts`);
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByLabel('Informed of their rights on').fill('1.1.2026');
    await page.getByRole('button', { name: 'Save the change' }).click();
    const dialog = page.getByRole('dialog', { name: 'Enter your password again' });
    await dialog.waitFor({ timeout: 30_000 });
    await look(page, 'console-proof');
    await dialog.locator('input[type=password]').fill(passwordOf(OFFICER));
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden', timeout: 30_000 });
    await page.getByLabel('Informed of their rights on').waitFor({ state: 'hidden', timeout: 30_000 });
    const contacts = (await ask('GET', `/v1/cases/${id}/embassy-contacts`)).body.items;
    assert.deepEqual(contacts.map((one) => [one.person_decision, one.informed_of_rights_on]), [['requested', '2026-01-01']], 'recorded, and once');
    // Nobody could be screened in that crowd: with that said nothing is missing, and the step is a button.
    const links = await page.locator('.checklist').first().getByRole('link').count();
    assert.ok(links > 0, 'what was missing was said');
    await page.getByRole('link', { name: 'Change the facts' }).click();
    await page.getByRole('combobox', { name: 'Why nobody screened the person' }).selectOption('mass_arrival');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Go on: Screened' }).click({ timeout: 30_000 });
    await page.getByRole('heading', { name: 'Next: Mission contacted' }).waitFor({ timeout: 30_000 });
    assert.equal((await ask('GET', `/v1/cases/${id}/repatriation`)).body.stage, 'screened');
    await nothingElseIsKept(page);
    await page.context().close();
  });

  await step('a person is found by name and by code, and the search is in no address', async () => {
    const page = await console_();
    await signIn(page, OFFICER);
    await page.keyboard.press('/');
    await heading(page, 'People');
    await page.getByLabel('Name, in any script').fill('wijaya ratna');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Ratna Wijaya' }).first().waitFor({ timeout: 60_000 });
    await look(page, 'console-people');
    assert.ok(!/ratna/i.test(page.url()));
    await page.context().close();
  });

  await step('what is not there, or is not shared, is one answer, and leaves nothing on the screen', async () => {
    const page = await console_();
    await signIn(page, OFFICER);
    await page.goto(`${address}/console/#/cases/5b1a2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d`);
    await heading(page, 'There is no such case');
    await look(page, 'console-gone');
    const nothing = await page.locator('main').textContent();
    // What was on screen goes too, when it is not shared any more while somebody types.
    await page.goto(`${address}/console/#/cases/${id}?form=case&field=risk_level`);
    await heading(page, 'Ratna Wijaya');
    await page.getByLabel('Needs now').fill('Only in this form');
    await page.route(`**/v1/cases/${id}**`, (route) => route.fulfill({ status: 404, contentType: 'application/problem+json', json: { type: '', title: '', status: 404, code: 'not_found', instance: 'urn:uuid:1' } }));
    await page.getByRole('button', { name: 'Save' }).click();
    await heading(page, 'There is no such case');
    assert.equal(await page.locator('main').textContent(), nothing, 'no reason is told');
    assert.ok(!/Ratna|Only in this form/.test(await page.content()));
    await page.unrouteAll({ behavior: 'wait' });
    await page.reload();
    await heading(page, 'Ratna Wijaya');
    assert.notEqual(await page.getByLabel('Needs now').inputValue(), 'Only in this form');
    await page.context().close();
    // And a case that is there, of another organisation, is answered with the same words.
    const other = await console_();
    await signIn(other, 'caseworker.safe-return');
    await other.goto(`${address}/console/#/cases/${id}`);
    await heading(other, 'There is no such case');
    assert.equal(await other.locator('main').textContent(), nothing);
    await other.context().close();
  });
}
