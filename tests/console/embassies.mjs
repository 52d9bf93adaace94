// The person and the embassy: told their right, asked, and free to change their mind; who is told no sees nothing.

import assert from 'node:assert/strict';
import { address, look, step } from './shared.mjs';
import { NGO, at, isGone, registered } from './sharing.mjs';
import { PHONE, api, heading } from './staff.mjs';

export async function embassies() {
  await step('the embassy: the person is told their right, says no as easily as yes, and nobody is overwritten', async () => {
    const ask = await api(NGO);
    const { id, code } = await registered(ask, 'Dewi', 'Anggraini', 'IDN', ['id']);
    const theirs = await api('officer.idn');
    const page = await at(NGO, `cases/${id}/embassy`, 'The person and the embassy');
    await page.getByRole('button', { name: 'Record the decision' }).click();
    await page.getByText('This is needed.').first().waitFor();
    assert.equal(await page.getByRole('radio', { checked: true }).count() + await page.locator('[aria-pressed=true]:is(.choices button)').count(), 0, 'nothing is chosen beforehand');
    await page.getByLabel('This was read aloud').check();
    await page.getByRole('radio', { name: 'Embassy of Indonesia' }).check();
    await page.getByLabel('How it began').selectOption('ngo_with_consent');
    await page.getByRole('button', { name: 'No The mission never learns' }).click();
    const sizes = await page.locator('.choices button').evaluateAll((all) => all.map((one) => [one.offsetWidth, one.offsetHeight].join()));
    assert.deepEqual([sizes.length, new Set(sizes).size], [4, 1], 'four answers of one size');
    await look(page, 'console-embassy');
    await page.getByRole('button', { name: 'Record the decision' }).click();
    await page.getByText('Recorded. Embassy of Indonesia, Phnom Penh: No.').waitFor({ timeout: 30_000 });
    const contacts = async () => (await ask('GET', `/v1/cases/${id}/embassy-contacts`)).body.items;
    const [no] = await contacts();
    assert.deepEqual([no.person_decision, no.initiated_by, no.informed_of_rights_on !== null], ['declined', 'ngo_with_consent', true]);
    assert.equal((await theirs('GET', `/v1/cases/${id}`)).status, 404, 'the mission does not learn of it');
    // Somebody else records something of the same contact before the person changes their mind here.
    await page.getByRole('radio', { name: 'Embassy of Indonesia' }).check();
    await page.getByText('So far: No').waitFor();
    await page.getByRole('button', { name: 'The person asks for it' }).click();
    const patch = await ask('PATCH', `/v1/cases/${id}/embassy-contacts/${no.id}`, { person_decision: 'deferred' }, { 'If-Match': `"${no.version}"`, 'Content-Type': 'application/merge-patch+json' });
    assert.equal(patch.status, 200);
    await page.getByRole('button', { name: 'Record the decision' }).click();
    await page.getByText('Somebody else changed this meanwhile').waitFor({ timeout: 30_000 });
    await page.getByText('So far: Not now').waitFor({ timeout: 30_000 });
    assert.equal((await contacts())[0].person_decision, 'deferred', 'what somebody else recorded stays until it was looked at');
    await page.getByRole('button', { name: 'Record the decision' }).click();
    await page.getByText('Recorded. Embassy of Indonesia, Phnom Penh: The person asks for it.').waitFor({ timeout: 30_000 });
    assert.equal((await contacts())[0].person_decision, 'requested');
    // From then on the mission sees it; it decides nothing for the person.
    const mission = await at('officer.idn', `cases/${id}/embassy`, 'The person and the embassy', PHONE);
    await mission.getByText('records what the person decides').waitFor({ timeout: 30_000 });
    assert.equal(await mission.getByRole('button', { name: 'Record the decision' }).count(), 0);
    await look(mission, 'console-embassy-phone');
    await mission.goto(`${address}/console/#/cases/${id}`);
    await heading(mission, 'Dewi Anggraini');
    assert.equal((await theirs('GET', `/v1/cases/${id}`)).status, 200);
    // The person takes it back: a mission that saw the case sees it no more.
    await page.getByRole('radio', { name: 'Embassy of Indonesia' }).check();
    await page.getByText('So far: The person asks for it').waitFor();
    await page.getByRole('button', { name: 'No The mission never learns' }).click();
    await page.getByRole('button', { name: 'Record the decision' }).click();
    await page.getByText('Recorded. Embassy of Indonesia, Phnom Penh: No.').waitFor({ timeout: 30_000 });
    assert.equal((await contacts())[0].person_decision, 'declined');
    assert.equal((await theirs('GET', `/v1/cases/${id}`)).status, 404);
    await isGone(mission, id, ['Dewi', 'Anggraini', code]);
    await Promise.all([page.context().close(), mission.context().close()]);
  });
}
