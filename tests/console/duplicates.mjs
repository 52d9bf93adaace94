// Two records of one person: compared, merged after it was shown what that does, and undone; and two people who are two.

import assert from 'node:assert/strict';
import { address, look, step } from './shared.mjs';
import { MERGE_PATCH, OFFICER, api, console_, heading, passwordOf, signIn, until } from './staff.mjs';

const SUPERVISOR = 'supervisor.idn';

/** The pair of two cases, once they were compared. */
async function pairOf(ask, one, other) {
  const isIt = (pair) => [one, other].every((id) => [pair.first.case_id, pair.second.case_id].includes(id));
  return until(async () => (await ask('GET', '/v1/duplicates?limit=200')).body.items.find(isIt), 'the pair', { every: 250 });
}

const walkIn = (given, family, more = {}) => ({ host_country: 'KHM', intake_channel: 'walk_in_embassy', nationality_claimed: 'IDN', gender: 'masculine', identity: { given_name: given, family_name: family, birth_date: '1997-06-21', ...more } });
const passport = (number) => ({ documents: [{ kind: 'passport', custody: 'with_person', number }] });

export async function duplicates() {
  await step('one person was registered twice: it is shown what a merge does, and it is done once', async () => {
    const ask = await api(SUPERVISOR);
    const first = (await ask('POST', '/v1/cases', walkIn('Bintang', 'Situmorang', { ...passport('C7711903'), birth_place: 'Medan' }))).body;
    const second = (await ask('POST', '/v1/cases', { ...walkIn('Bintang', 'Sitomorang', { ...passport('C7711903'), aliases: [{ name: '宾唐' }] }), contact: { phones: [{ number: '+62 811 555 0192', safe: false }] } })).body;
    const pair = await pairOf(ask, first.id, second.id);
    const page = await console_();
    await signIn(page, SUPERVISOR);
    await page.getByRole('link', { name: 'Duplicates' }).click();
    await heading(page, 'Duplicates');
    await page.getByRole('link', { name: `Compare: ${first.code}, ${second.code}` }).click();
    await heading(page, 'Is this one person?');
    await page.getByRole('row', { name: /^Document number/ }).getByText('Same').waitFor();
    assert.equal(await page.locator('input[type=radio]:checked').count(), 0, 'no case is chosen beforehand');
    await page.getByRole('radio', { name: first.code }).check();
    // A reload forgets when one proved who one is.
    await page.reload();
    await page.getByRole('radio', { name: first.code }).check();
    await page.getByRole('button', { name: 'Show what the merge would do' }).click();
    const proof = page.getByRole('dialog', { name: 'Enter your password again' });
    await proof.locator('input[type=password]').fill(passwordOf(SUPERVISOR));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: `What the merge of ${second.code} into ${first.code} does` }).waitFor({ timeout: 30_000 });
    const family = page.getByRole('group', { name: 'Family name' });
    await family.getByText(`${second.code}: Sitomorang`).waitFor();
    await look(page, 'console-merge-preview');
    await family.getByRole('radio', { name: second.code }).check();
    assert.equal((await ask('GET', `/v1/duplicates/${pair.id}`)).body.status, 'open', 'nothing happened yet');

    // Somebody changes one of them meanwhile: what the merge does now is shown before anybody says yes again.
    const before = await ask('GET', `/v1/cases/${second.id}`);
    assert.equal((await ask('PATCH', `/v1/cases/${second.id}`, { identity: { given_name: 'Bintang Togar' } }, { 'If-Match': before.etag, ...MERGE_PATCH })).status, 200);
    await page.getByRole('button', { name: 'Merge them' }).click();
    await page.getByRole('button', { name: `Yes, merge ${second.code} into ${first.code}` }).click();
    await page.getByText('Somebody else changed this meanwhile').waitFor({ timeout: 30_000 });
    await page.getByRole('group', { name: 'Given name' }).getByText('Bintang Togar').waitFor({ timeout: 30_000 });
    assert.ok(await family.getByRole('radio', { name: second.code }).isChecked(), 'what was chosen is still chosen');

    let isLost = true;
    const keys = new Set();
    await page.route('**/merge', async (route) => {
      keys.add(route.request().headers()['idempotency-key']);
      const answer = await route.fetch();
      return isLost ? route.abort('connectionreset') : route.fulfill({ response: answer });
    });
    await page.getByRole('button', { name: 'Merge them' }).click();
    await look(page, 'console-merge-sure');
    await page.getByRole('button', { name: `Yes, merge ${second.code} into ${first.code}` }).click();
    await page.getByText('It is not known whether it was done.').waitFor({ timeout: 30_000 });
    isLost = false;
    await page.getByRole('button', { name: 'Merge them' }).click();
    await page.getByRole('button', { name: `Yes, merge ${second.code} into ${first.code}` }).click();
    await heading(page, 'Merged into one person');
    assert.equal(keys.size, 1, 'one key for one merge');
    const merges = (await ask('GET', '/v1/merges')).body.items.filter((one) => one.duplicate_id === pair.id);
    assert.deepEqual(merges.map((one) => [one.survivor_case_id, one.undone_at]), [[first.id, null]]);
    const kept = (await ask('GET', `/v1/cases/${first.id}`)).body;
    assert.deepEqual([kept.identity.given_name, kept.identity.family_name, kept.identity.birth_place, kept.identity.aliases[0].name], ['Bintang', 'Sitomorang', 'Medan', '宾唐']);
    await page.context().close();
  });

  await step('a merge that was wrong is undone with a reason, and both are there again', async () => {
    const ask = await api(SUPERVISOR);
    const page = await console_();
    await signIn(page, SUPERVISOR);
    await page.goto(`${address}/console/#/duplicates/merges`);
    await heading(page, 'What was merged');
    await page.getByRole('row', { name: /Situmorang|Sitomorang/ }).getByRole('link').first().click();
    await heading(page, 'Merged into one person');
    await page.getByRole('row', { name: /^Family name/ }).getByText('Situmorang').waitFor();
    await page.getByLabel('Why').fill('Two brothers who shared a passport');
    await page.getByRole('button', { name: 'Undo the merge' }).click();
    await page.getByRole('button', { name: 'Yes, undo the merge' }).click();
    await heading(page, 'A merge that was undone');
    await page.getByText('Two brothers who shared a passport').waitFor();
    await look(page, 'console-merge-undone');
    const [merge] = (await ask('GET', '/v1/merges')).body.items;
    assert.equal(merge.undo_reason, 'Two brothers who shared a passport');
    const both = await Promise.all([merge.survivor_case_id, merge.merged_case_id].map(async (id) => (await ask('GET', `/v1/cases/${id}`)).body.identity.family_name));
    assert.deepEqual(both, ['Situmorang', 'Sitomorang']);
    await page.context().close();
  });

  await step('two who are two are told apart with a reason, and a clerk is offered no merge', async () => {
    const ask = await api(OFFICER);
    const first = (await ask('POST', '/v1/cases', walkIn('Nurul', 'Hidayat', { birth_date: '1999' }))).body;
    const second = (await ask('POST', '/v1/cases', walkIn('Nurul', 'Hidayat', { birth_date: '1999-08' }))).body;
    const pair = await pairOf(ask, first.id, second.id);
    const page = await console_({ viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true });
    await signIn(page, OFFICER);
    await page.goto(`${address}/console/#/duplicates/${pair.id}`);
    await heading(page, 'Is this one person?');
    await page.getByText('A supervisor of your organisation merges').waitFor();
    assert.equal(await page.getByRole('button', { name: /merge/i }).count(), 0);
    await look(page, 'console-duplicate-phone');
    await page.getByRole('button', { name: 'They are two people' }).click();
    await page.locator('[data-pointer="/reason"] .error').waitFor({ timeout: 30_000 });
    await page.getByLabel('Why').fill('Both stood at the counter this morning');
    // A change of screen loses nothing of it.
    await page.getByRole('link', { name: 'Who may be one person' }).first().click();
    await heading(page, 'Duplicates');
    await page.goto(`${address}/console/#/duplicates/${pair.id}`);
    await page.getByRole('button', { name: 'They are two people' }).click();
    await page.getByRole('heading', { name: 'Two people', exact: true }).waitFor({ timeout: 30_000 });
    const now = (await ask('GET', `/v1/duplicates/${pair.id}`)).body;
    assert.deepEqual([now.status, now.reason], ['invalid', 'Both stood at the counter this morning']);
    await page.context().close();
  });
}
