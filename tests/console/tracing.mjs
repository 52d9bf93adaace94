// People who are looked for: whoever asks, and whoever accompanies the person and asks them.

import assert from 'node:assert/strict';
import { address, look, step } from './shared.mjs';
import { PHONE, allIsKept, api, console_, heading, signIn, until } from './staff.mjs';

const ASKS = 'officer.vnm';
const ACCOMPANIES = 'caseworker.safe-return';

/** The requests of whoever asks, by the name that is looked for. */
const requests = async (ask, name) => (await ask('GET', '/v1/tracing-requests?limit=200')).body.items.filter((one) => one.details.sought.name === name);

export async function tracing() {
  let file;
  await step('a family looks for somebody, and learns nothing by looking', async () => {
    const [asks, accompanies] = [await api(ASKS), await api(ACCOMPANIES)];
    const walkIn = { host_country: 'KHM', intake_channel: 'walk_in_ngo', nationality_claimed: 'VNM', gender: 'feminine', identity: { given_name: 'Thị Ánh', family_name: 'Đặng', birth_date: '2001-04-09' }, contact: { phones: [{ number: '+84 912 555 014', safe: true }] } };
    file = (await accompanies('POST', '/v1/cases', walkIn)).body;
    const page = await console_();
    await signIn(page, ASKS);
    await page.getByRole('link', { name: 'Tracing' }).click();
    await heading(page, 'Tracing');
    await page.getByRole('link', { name: 'Look for somebody' }).click();
    await heading(page, 'Look for somebody');
    await page.getByLabel('Whole name').fill('Đặng Thị Ánh');
    await page.getByLabel('Born').fill('9/4/2001');
    await page.getByLabel('Nationality').selectOption('VNM');
    await page.getByLabel('Phone').fill('0912 555 014');
    // What is missing is said at its field, and nothing typed is lost.
    await page.getByRole('button', { name: 'Look for this person' }).click();
    await page.locator('[data-pointer="/relation"] .error').waitFor({ timeout: 30_000 });
    await look(page, 'console-tracing-new');
    await page.getByLabel('On whose behalf').selectOption('family');
    await page.getByLabel('Who in the family asks').fill('Her mother, Đặng Thị Hoa, by the commune of Sa Đéc');
    await page.getByLabel('Last heard of on').fill('2.10.2026');
    await page.getByRole('button', { name: 'Look for this person' }).click();
    await heading(page, 'Đặng Thị Ánh');
    await page.getByText('says nothing about whether anybody was found').waitFor();
    const [request, ...more] = await requests(asks, 'Đặng Thị Ánh');
    assert.deepEqual([more.length, request.details.sought.birth_date, request.details.last_contact_on, request.contact], [0, '2001-04-09', '2026-10-02', []]);
    assert.ok(!/Đặng|Anh/i.test(decodeURIComponent(page.url())));
    await page.context().close();
  });

  await step('the person is asked by whoever accompanies them, and only a yes with a consent is told', async () => {
    const [asks, accompanies] = [await api(ASKS), await api(ACCOMPANIES)];
    const [request] = await requests(asks, 'Đặng Thị Ánh');
    await until(async () => (await accompanies('GET', '/v1/tracing-matches?limit=200')).body.items.find((one) => one.case_id === file.id), 'the match');
    const other = await console_();
    await signIn(other, ACCOMPANIES);
    await other.goto(`${address}/console/#/tracing/matches`);
    await heading(other, 'Who is looked for among our people');
    await look(other, 'console-tracing-matches');
    await other.getByRole('row', { name: file.code }).getByRole('link').click();
    await other.getByRole('heading', { level: 1, name: 'Is this who is looked for?' }).waitFor();
    await other.getByRole('row', { name: /^Phone/ }).getByText('555 014', { exact: false }).last().waitFor({ timeout: 30_000 });
    await other.getByText('Đặng Thị Hoa').waitFor();
    assert.equal(await other.locator('input[type=radio]:checked').count(), 0, 'nobody decides for the person');
    await look(other, 'console-tracing-match');
    await other.getByRole('radio', { name: 'The person wants the contact' }).check();
    await other.getByText('No consent for contact').waitFor();
    await other.getByRole('button', { name: 'Save' }).click();
    await other.getByRole('heading', { name: 'The person wants the contact' }).waitFor({ timeout: 30_000 });
    // Without a consent nobody is told, whatever was said.
    const page = await console_();
    await signIn(page, ASKS);
    await page.goto(`${address}/console/#/tracing/${request.id}`);
    await page.getByRole('heading', { name: 'Being looked for' }).waitFor({ timeout: 30_000 });
    assert.deepEqual((await requests(asks, 'Đặng Thị Ánh'))[0].contact, []);
    const read = ['consents_to_interview', 'help_does_not_depend_on_consent', 'how_to_complain', 'informed_of_data_use', 'informed_of_purpose', 'informed_of_research_use', 'informed_of_right_to_data', 'informed_of_storage_period', 'informed_of_withdrawal', 'limits_of_confidentiality', 'recipients_named', 'transfer_to_another_country'];
    const told = Object.fromEntries(read.map((name) => [name, true]));
    const consent = { purpose: 'share_with_mission', answer: 'granted', recipient: 'organisation', recipient_organisation_id: (await asks('GET', '/v1/me')).body.organisation_id, compartments: ['identity'], given_by: 'self', language: 'vi', disclosures: told };
    const given = await accompanies('POST', `/v1/cases/${file.id}/consents`, consent);
    assert.equal(given.status, 201, JSON.stringify(given.body));
    await other.reload();
    await other.getByRole('radio', { name: 'The person wants the contact' }).check();
    await other.getByLabel('The consent that they gave').selectOption({ index: 1 });
    await other.getByRole('button', { name: 'Save' }).click();
    await until(async () => (await requests(asks, 'Đặng Thị Ánh'))[0].status === 'verified', 'whoever asked is told');
    await page.reload();
    await page.getByRole('heading', { name: 'Found, and wants the contact' }).waitFor({ timeout: 30_000 });
    await page.getByText('Safe Return Cambodia').waitFor();
    assert.ok(!(await page.locator('main').textContent()).includes(file.code), 'never which case it is');
    await look(page, 'console-tracing-found');

    await page.getByRole('button', { name: 'They met' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'They met' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden', timeout: 30_000 });
    await page.getByRole('heading', { name: 'They met' }).waitFor({ timeout: 30_000 });
    assert.equal((await requests(asks, 'Đặng Thị Ánh'))[0].status, 'reunified');
    await page.context().close();
    await other.context().close();
  });

  await step('a list is pasted; an answer is lost; what is refused stays to be mended, and nobody is looked for twice', async () => {
    const asks = await api(ASKS);
    const page = await console_(PHONE);
    await signIn(page, ASKS);
    await page.goto(`${address}/console/#/tracing/several`);
    await heading(page, 'Look for several people');
    const lines = ['ကိုအောင်မြင့်\t1998\tMyanmar\tMale', 'ស៊ុន សុខា;17.3.1999;KHM;f', '林雅婷\t๒๕๔๒\tTaiwan', 'Somebody Else;1999;Ruritania'];
    await page.getByLabel('Rows, typed or pasted').fill(lines.join('\n'));
    await page.getByLabel('On whose behalf').selectOption('ngo');
    await page.getByText('One of them is not understood in part.').waitFor();
    await page.getByText('“Ruritania” is not understood').waitFor();
    await look(page, 'console-tracing-several-phone');
    let isLost = true;
    const keys = new Set();
    await page.route('**/v1/tracing-requests/batch', async (route) => {
      keys.add(route.request().headers()['idempotency-key']);
      const answer = await route.fetch();
      return isLost ? route.abort('connectionreset') : route.fulfill({ response: answer });
    });
    await page.getByRole('button', { name: 'Look for 4 people' }).click();
    await page.getByText('It is not known whether this was recorded').waitFor({ timeout: 30_000 });
    assert.ok(await page.getByLabel('Rows, typed or pasted').isDisabled(), 'what was sent is frozen until there is an answer');
    isLost = false;
    // Also after a reload: what was typed and its key are kept, sealed.
    await allIsKept(page);
    await page.reload();
    await heading(page, 'Look for several people');
    await page.getByRole('button', { name: 'Send it again' }).click();
    await page.getByText('3 people are looked for, one line was refused').waitFor({ timeout: 30_000 });
    await look(page, 'console-tracing-became-phone');
    assert.equal(keys.size, 1, 'one key for one list');
    assert.equal(await page.getByLabel('Rows, typed or pasted').inputValue(), lines[3], 'only what was refused is still there');
    await page.getByLabel('Rows, typed or pasted').fill('Somebody Else;1999;Uganda');
    await page.getByRole('button', { name: 'Look for one person' }).click();
    await page.getByText('4 people are looked for').waitFor({ timeout: 30_000 });
    for (const [name, birth, nationality] of [['ကိုအောင်မြင့်', '1998', 'MMR'], ['ស៊ុន សុខា', '1999-03-17', 'KHM'], ['林雅婷', '1999', 'TWN'], ['Somebody Else', '1999', 'UGA']]) {
      const found = await requests(asks, name);
      assert.deepEqual(found.map((one) => [one.details.sought.birth_date, one.details.sought.nationality, one.relation]), [[birth, nationality, 'ngo']], name);
    }
    await page.context().close();
  });

  await step('somebody else recorded what the person said first: it is read, and not overwritten', async () => {
    const [asks, accompanies] = [await api(ASKS), await api(ACCOMPANIES)];
    const { body: file } = await accompanies('POST', '/v1/cases', { host_country: 'KHM', intake_channel: 'hotline', nationality_claimed: 'ETH', identity: { original_script_name: 'ሰላም ተስፋዬ', birth_date: '2000-01-11' } });
    await asks('POST', '/v1/tracing-requests', { relation: 'family', details: { sought: { name: 'ሰላም ተስፋዬ', birth_date: '2000-01-11', nationality: 'ETH' } } });
    const match = await until(async () => (await accompanies('GET', '/v1/tracing-matches?limit=200')).body.items.find((one) => one.case_id === file.id), 'the match');
    const page = await console_();
    await signIn(page, ACCOMPANIES);
    await page.goto(`${address}/console/#/tracing/matches/${match.id}`);
    await page.getByRole('radio', { name: 'The person declines' }).check();
    await page.getByLabel('Anything to be noted').fill('Said on the phone');
    assert.equal((await accompanies('POST', `/v1/tracing-matches/${match.id}/decision`, { decision: 'not_the_person' }, { 'If-Match': `"${match.version}"` })).status, 200);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Somebody else changed this meanwhile').waitFor({ timeout: 30_000 });
    await page.getByRole('heading', { name: 'It is somebody else' }).waitFor({ timeout: 30_000 });
    assert.equal((await accompanies('GET', `/v1/tracing-matches/${match.id}`)).body.decision, 'not_the_person');
    assert.equal(await page.getByLabel('Anything to be noted').inputValue(), 'Said on the phone', 'what was typed is still there');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'The person declines' }).waitFor({ timeout: 30_000 });
    const now = (await accompanies('GET', `/v1/tracing-matches/${match.id}`)).body;
    assert.deepEqual([now.decision, now.note], ['person_declines', 'Said on the phone']);
    // Whoever asked learns nothing of either.
    const [request] = await requests(asks, 'ሰላም ተስፋዬ');
    assert.deepEqual([request.status, request.contact], ['tracing_in_progress', []]);
    // A match of another organisation is not there.
    await page.context().close();
    const stranger = await console_();
    await signIn(stranger, 'officer.idn');
    await stranger.goto(`${address}/console/#/tracing/matches/${match.id}`);
    await heading(stranger, 'There is no such request');
    assert.ok(!/ሰላም|ETH/.test(await stranger.locator('main').textContent()));
    await stranger.context().close();
  });
}
