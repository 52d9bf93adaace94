// What a person agrees to, and who sees the case by it: asked, referred, taken back, handed over, denied, and opened in an emergency.

import assert from 'node:assert/strict';
import { address, look, step } from './shared.mjs';
import { PHONE, passwordOf, console_, signIn, api, nothingElseIsKept, sealed, heading } from './staff.mjs';

export const NGO = 'caseworker.safe-return';
const OTHER = 'caseworker.mekong';
const GONE = 'There is no such case';
const ALL = ['identity', 'contact', 'location', 'health', 'narrative', 'protection'];
const TOLD = Object.fromEntries(['consents_to_interview', 'informed_of_purpose', 'informed_of_data_use', 'informed_of_research_use', 'informed_of_right_to_data', 'informed_of_storage_period', 'informed_of_withdrawal'].map((one) => [one, true]));

/** A person whom the organisation registered, beside the browser. */
export async function registered(ask, given_name, family_name, nationality_claimed, languages) {
  const made = await ask('POST', '/v1/cases', { host_country: 'KHM', intake_channel: 'walk_in_ngo', nationality_claimed, identity: { given_name, family_name, birth_date: '1999', languages } });
  assert.equal(made.status, 201);
  return made.body;
}

async function organisation(ask, name) {
  return (await ask('GET', '/v1/directory?limit=200')).body.items.find((one) => one.name.startsWith(name));
}

async function agreed(ask, id, purpose, to, compartments) {
  const answer = await ask('POST', `/v1/cases/${id}/consents`, { purpose, answer: 'granted', recipient: 'organisation', recipient_organisation_id: to, compartments, given_by: 'self', disclosures: TOLD });
  assert.equal(answer.status, 201);
  return answer.body;
}

/** A referral that the other side accepts, beside the browser: from then on they see the case. */
async function accepted(ask, theirs, id, to) {
  const { status, body } = await ask('POST', `/v1/cases/${id}/referrals`, { to_organisation_id: to.id, service: 'legal', urgency: 'routine', compartments: ['identity'] });
  assert.equal(status, 201, JSON.stringify(body));
  const { etag } = await theirs('GET', `/v1/referrals/${body.id}`);
  assert.equal((await theirs('POST', `/v1/referrals/${body.id}/transitions`, { to: 'accepted' }, { 'If-Match': etag })).status, 200);
  assert.equal((await theirs('GET', `/v1/cases/${id}`)).status, 200, 'they see the case');
}

/** What was open on a screen is not shared any more: at the next look there is no such case, and nothing of it is left. */
export async function isGone(page, id, words) {
  for (const word of words) assert.ok((await page.content()).includes(word), `${word} was on the screen`);
  await page.goto(`${address}/console/#/cases`);
  await heading(page, 'Cases');
  await page.goto(`${address}/console/#/cases/${id}`);
  await heading(page, GONE);
  for (const word of words) assert.ok(!(await page.content()).includes(word), `${word} stays on the screen`);
}

export async function at(user, place, title, view) {
  const page = await console_(view);
  await signIn(page, user);
  await page.goto(`${address}/console/#/${place}`);
  await heading(page, title);
  return page;
}

/** What takes two keys: the first, what must be said with it, and the second. */
async function sure(page, key, within = page) {
  await within.getByRole('button', { name: key }).first().click();
  return page.getByRole('group', { name: key }).getByRole('button').first();
}

/** Reads the seven sentences to the person, and what stands beside them, as far as the question. */
async function told(dialog) {
  for (let at_ = 1; at_ <= 7; at_ += 1) {
    await dialog.getByRole('heading', { name: `${at_} of 9` }).waitFor();
    const next = dialog.getByRole('button', { name: 'Next' });
    assert.ok(await next.isDisabled(), 'nobody goes on before it was read');
    if (await dialog.getByRole('checkbox').count()) await dialog.getByRole('checkbox').check();
    else await dialog.getByRole('button', { name: 'Yes' }).click();
    await next.click();
  }
  await dialog.getByLabel('You get help whether you say yes or no.').check();
  await dialog.getByRole('button', { name: 'Next' }).click();
}

async function consents() {
  const ask = await api(NGO);
  const { id } = await registered(ask, 'ကိုအောင်', 'မြင့်', 'MMR', ['my']);
  const page = await at(NGO, `cases/${id}/consent`, 'What the person agrees to');
  await step('the person is asked sentence by sentence, on a screen of their own; another question has no answer yet', async () => {
    await page.getByRole('link', { name: 'Ask the person' }).click();
    await page.getByLabel('What for').selectOption('share_with_mission');
    assert.equal(await page.getByLabel('Language in which').inputValue(), 'my', 'the language of the person');
    await page.getByRole('button', { name: 'Turn the screen' }).click();
    // There is no wording in Burmese: somebody must interpret, and nobody is guessed.
    assert.equal(await page.getByText('This is needed.').count(), 2);
    await page.getByRole('combobox', { name: 'Who may see it' }).selectOption('organisation');
    await page.getByLabel('Which organisation').selectOption({ label: 'Embassy of Myanmar, Phnom Penh (Myanmar (Burma))' });
    await page.getByRole('group', { name: 'What they may see' }).getByLabel('Who it is').check();
    await page.getByLabel('Who interprets').fill('ဒေါ်ခင်');
    await look(page, 'console-consent-ask');
    await page.getByRole('button', { name: 'Turn the screen' }).click();
    const dialog = page.getByRole('dialog');
    await told(dialog);
    await dialog.getByText('Embassy of Myanmar, Phnom Penh').waitFor();
    const [yes, no] = await Promise.all(['Yes', 'No'].map((name) => dialog.getByRole('button', { name }).boundingBox()));
    assert.deepEqual([yes.width, yes.height], [no.width, no.height], 'a no is as large as a yes');
    await look(page, 'console-consent-question');
    await dialog.getByRole('button', { name: 'Yes' }).click();
    await dialog.getByRole('button', { name: 'Next' }).click();
    // Another question has no answer yet.
    await page.getByText('Nothing is recorded yet').waitFor();
    await page.getByRole('group', { name: 'What they may see' }).getByLabel('How to reach').check();
    await page.getByText('Nothing is recorded yet').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Show it to the person again' }).click();
    await dialog.getByRole('button', { name: 'Yes' }).click();
    await dialog.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('button', { name: 'Page for a signature' }).click();
    await page.getByText('Not yet reviewed by a lawyer').waitFor();
    await look(page, 'console-consent-paper');
    await page.getByRole('button', { name: 'Close' }).click();
  });

  await step('an answer is recorded once, whatever the line does, and taken back with two keys', async () => {
    // The answer arrives, and what was answered to it is lost: asked again, it is recorded once.
    let isLineBad = true;
    await page.route('**/consents', async (route) => {
      if (route.request().method() !== 'POST' || !isLineBad) return route.continue();
      isLineBad = false;
      await route.fetch();
      return route.abort();
    });
    await page.getByRole('button', { name: 'Record the answer' }).click();
    await page.getByText('No answer came').waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Record the answer' }).click();
    await page.getByText('Recorded: the person agrees').waitFor({ timeout: 30_000 });
    const { items } = (await ask('GET', `/v1/cases/${id}/consents`)).body;
    assert.deepEqual(items.map((one) => [one.purpose, one.status, one.compartments, one.given.language, one.given.interpreter]), [['share_with_mission', 'granted', ['identity', 'contact'], 'my', 'ဒေါ်ခင်']]);
    assert.deepEqual(['informed_of_withdrawal', 'consents_to_interview', 'help_does_not_depend_on_consent', 'how_to_complain'].map((one) => items[0].given.disclosures[one]), [true, true, true, false], 'what was told, and what was not');
    const withdraw = await sure(page, 'Withdraw');
    assert.equal((await ask('GET', `/v1/cases/${id}/consents/${items[0].id}`)).body.status, 'granted', 'one key withdraws nothing');
    await look(page, 'console-consent');
    await withdraw.click();
    await page.getByText('Withdrawn. Whoever saw').waitFor({ timeout: 30_000 });
    assert.equal((await ask('GET', `/v1/cases/${id}/consents/${items[0].id}`)).body.status, 'withdrawn');
    // In one sitting the sentences are read once; the next question is asked at once, and its answer is its own.
    await page.getByRole('link', { name: 'Ask the person' }).click();
    await page.getByLabel('What for').selectOption('photograph');
    await page.getByRole('button', { name: 'Show it to the person again' }).click();
    await page.getByText('May we take a photograph of you?').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'No', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Next' }).click();
    await page.getByRole('button', { name: 'Record the answer' }).click();
    await page.getByText('Recorded: the person said no').waitFor({ timeout: 30_000 });
    assert.deepEqual((await ask('GET', `/v1/cases/${id}/consents`)).body.items.map((one) => [one.purpose, one.answer]), [['share_with_mission', 'granted'], ['photograph', 'refused']]);
    await nothingElseIsKept(page);
    await page.context().close();
  });

  await step('a no is one key away from the first sentence on, and opens nothing', async () => {
    const ask = await api(NGO);
    const { id } = await registered(ask, 'ស៊ុន', 'សុខា', 'KHM', ['km']);
    const page = await at(NGO, `cases/${id}/consent?ask=`, 'What the person agrees to', PHONE);
    await page.getByLabel('What for').selectOption('share_with_law_enforcement');
    await page.getByLabel('Who it is').check();
    await page.getByRole('combobox', { name: 'Who may see it' }).selectOption('organisation_kind');
    await page.getByLabel('Kind of organisation').selectOption('law_enforcement');
    await page.getByLabel('Who interprets').fill('លោក វណ្ណា');
    await page.getByRole('button', { name: 'Turn the screen' }).click();
    const dialog = page.getByRole('dialog');
    await look(page, 'console-consent-person-phone');
    await dialog.getByRole('button', { name: 'I do not want this' }).click();
    await dialog.getByRole('button', { name: 'Next' }).click();
    await page.getByText('The person said no').waitFor();
    await page.getByRole('button', { name: 'Record the answer' }).click();
    await page.getByText('Recorded: the person said no').waitFor({ timeout: 30_000 });
    const { items } = (await ask('GET', `/v1/cases/${id}/consents`)).body;
    assert.deepEqual(items.map((one) => [one.answer, one.compartments, one.recipient_organisation_kind]), [['refused', [], 'law_enforcement']]);
    await look(page, 'console-consent-phone');
    await page.context().close();
  });
}

async function referrals() {
  const ask = await api(NGO);
  const mekong = await organisation(ask, 'Mekong');
  const { id, code } = await registered(ask, '林', '雅婷', 'TWN', ['zh']);
  let consent;
  await step('a referral leads to the consent that it lacks, with what is missing chosen, and keeps what was typed', async () => {
    const page = await at(NGO, `cases/${id}/sharing`, 'Who sees the case');
    await page.getByRole('button', { name: 'Refer the person' }).click();
    const form = page.getByRole('form', { name: 'Refer the person' });
    await form.getByLabel('To which organisation').selectOption(mekong.id);
    await form.getByLabel('What for').selectOption('accommodation');
    await form.getByLabel('How soon').selectOption('urgent');
    await form.getByLabel('Who it is').check();
    await form.getByLabel('Note').fill('A room of her own, please.');
    await form.getByRole('button', { name: 'Send' }).click();
    const lead = page.getByRole('link', { name: 'Ask the person for this consent' });
    await lead.waitFor({ timeout: 30_000 });
    await look(page, 'console-refer');
    await lead.click();
    await heading(page, 'What the person agrees to');
    assert.deepEqual([await page.getByLabel('What for').inputValue(), await page.getByLabel('Which organisation').inputValue(), await page.getByLabel('Who it is').isChecked(), await page.getByLabel('Health').isChecked()], ['share_with_ngo', mekong.id, true, false], 'what is missing is chosen');
    assert.match(page.url(), new RegExp(`#/cases/${id}/consent\\?ask=$`), 'and the history of the browser does not keep it');
    consent = await agreed(ask, id, 'share_with_ngo', mekong.id, ['identity']);
    await page.goto(`${address}/console/#/cases/${id}/sharing`);
    // What was typed is still there.
    await form.getByRole('button', { name: 'Send' }).click();
    await page.getByText('The referral is recorded').waitFor({ timeout: 30_000 });
    await page.context().close();
  });

  await step('the other side accepts and sees the case; the consent is withdrawn, and the case is gone from the screen', async () => {
    const other = await at(OTHER, 'sharing', 'To answer');
    const waiting = other.getByRole('listitem').filter({ hasText: code });
    await waiting.getByRole('heading', { name: 'Referral: A place to stay' }).waitFor({ timeout: 30_000 });
    assert.ok(!/雅婷|A room of her own/.test(await other.content()), 'an outline, and no name, before it is accepted');
    await look(other, 'console-inbox');
    await (await sure(other, 'Accept', waiting)).click();
    await waiting.getByRole('link', { name: 'Open the case' }).click({ timeout: 30_000 });
    await heading(other, '林 雅婷');
    await other.goto(`${address}/console/#/cases/${id}/sharing`);
    await other.getByText('A room of her own, please.').waitFor({ timeout: 30_000 });
    assert.equal(await other.getByRole('button', { name: 'Refer the person' }).count(), 0, 'who does not own the case does not hand it on');
    await look(other, 'console-sharing-guest');
    const page = await at(NGO, `cases/${id}/sharing`, 'Who sees the case');
    await page.getByRole('row', { name: 'Mekong Shelter Network' }).getByText('referral that was accepted').waitFor({ timeout: 30_000 });
    await look(page, 'console-sharing');
    assert.equal((await ask('POST', `/v1/cases/${id}/consents/${consent.id}/withdrawal`)).status, 200);
    await (await sure(other, 'It is done')).click();
    await heading(other, GONE);
    assert.ok(!/雅婷|A room of her own/.test(await other.content()), 'nothing of it stays on the screen');
    await other.goto(`${address}/console/#/sharing/events`);
    await other.getByRole('row', { name: code }).getByText('sees this case no more').waitFor({ timeout: 30_000 });
    await look(other, 'console-events');
    await Promise.all([page.context().close(), other.context().close()]);
  });

}

async function transfers() {
  await step('a case is offered, taken back while the other side decides, offered anew, and is theirs', async () => {
    const ask = await api(NGO);
    const { id, code } = await registered(ask, 'Hùng', 'Nguyễn Văn', 'VNM', ['vi']);
    const mekong = await organisation(ask, 'Mekong');
    await agreed(ask, id, 'share_with_ngo', mekong.id, ALL);
    const page = await at(NGO, `cases/${id}/sharing?form=transfer`, 'Who sees the case');
    const offer = async () => {
      await page.getByLabel('To which organisation').selectOption(mekong.id);
      await page.getByLabel('How soon').selectOption('routine');
      await page.getByRole('button', { name: 'Offer the case', exact: true }).click();
      await page.getByText('The case is offered.').waitFor({ timeout: 30_000 });
    };
    await offer();
    const other = await at(OTHER, 'sharing/incoming', 'To answer');
    const waiting = other.getByRole('listitem').filter({ hasText: code });
    const accept = await sure(other, 'Accept', waiting);
    const [first] = (await ask('GET', `/v1/cases/${id}/transfers`)).body.items;
    assert.equal((await ask('POST', `/v1/transfers/${first.id}/transitions`, { to: 'revoked', reason: 'Wrong organisation' }, { 'If-Match': `"${first.version}"` })).status, 200);
    await accept.click();
    await other.getByText('Somebody else changed this meanwhile').waitFor({ timeout: 30_000 });
    await waiting.waitFor({ state: 'hidden', timeout: 30_000 });
    assert.equal((await ask('GET', `/v1/cases/${id}`)).status, 200, 'the case was not handed over');
    await page.goto(`${address}/console/#/cases/${id}`);
    await page.goto(`${address}/console/#/cases/${id}/sharing?form=transfer`);
    await heading(page, 'Who sees the case');
    await offer();
    // After a reload nobody knows any more when one proved who one is: the step asks for it.
    await other.reload();
    await heading(other, 'To answer');
    await look(other, 'console-inbox-transfer');
    await (await sure(other, 'Accept', waiting)).click();
    const proof = other.getByRole('dialog', { name: 'Enter your password again' });
    await proof.locator('input[type=password]').fill(passwordOf(OTHER));
    await other.keyboard.press('Enter');
    await waiting.getByText('Accepted').waitFor({ timeout: 30_000 });
    await page.reload();
    await heading(page, GONE);
    const theirs = await api(OTHER);
    assert.deepEqual([(await ask('GET', `/v1/cases/${id}`)).status, (await theirs('GET', `/v1/cases/${id}`)).body.owner_id], [404, mekong.id]);
    await Promise.all([page.context().close(), other.context().close()]);
  });
}

async function guarded() {
  await step('whom the person never wants is recorded, and loses sight of the case at once', async () => {
    const ask = await api(NGO);
    const { id, code } = await registered(ask, 'Achieng', 'Otieno', 'KEN', ['sw']);
    const mekong = await organisation(ask, 'Mekong');
    await agreed(ask, id, 'share_with_ngo', mekong.id, ['identity']);
    const theirs = await api(OTHER);
    await accepted(ask, theirs, id, mekong);
    const other = await at(OTHER, `cases/${id}`, 'Achieng Otieno');
    const page = await at(NGO, `cases/${id}/sharing`, 'Who sees the case');
    await page.getByRole('row', { name: 'Mekong Shelter Network' }).waitFor();
    await page.getByRole('button', { name: 'Record whom' }).click();
    await page.getByRole('button', { name: 'Record it' }).click();
    await page.getByText('This is needed.').first().waitFor({ timeout: 30_000 });
    await page.getByRole('combobox', { name: 'Whom' }).selectOption('organisation');
    await page.getByLabel('Which organisation').selectOption(mekong.id);
    await page.getByLabel('Why, in the person').fill('Mfanyakazi wao ni rafiki yake.');
    await page.getByRole('button', { name: 'Record it' }).click();
    await page.getByText('Recorded. Whoever is named').waitFor({ timeout: 30_000 });
    await look(page, 'console-denials');
    const [denial] = (await ask('GET', `/v1/cases/${id}/denials`)).body.items;
    assert.deepEqual([denial.denied.organisation_id, denial.denied.reason], [mekong.id, 'Mfanyakazi wao ni rafiki yake.']);
    await page.getByRole('row', { name: 'Mekong Shelter Network' }).waitFor({ state: 'hidden', timeout: 30_000 });
    assert.equal((await theirs('GET', `/v1/cases/${id}`)).status, 404, 'who saw it sees it no more');
    await isGone(other, id, ['Achieng', 'Otieno', code]);
    assert.equal((await ask('POST', `/v1/cases/${id}/referrals`, { to_organisation_id: mekong.id, service: 'legal', urgency: 'routine', compartments: ['identity'] })).status, 422);
    await (await sure(page, 'Lift it')).click();
    await page.getByText('Lifted. It gives nobody').waitFor({ timeout: 30_000 });
    assert.ok((await ask('GET', `/v1/cases/${id}/denials`)).body.items[0].lifted_at);
    assert.equal((await theirs('GET', `/v1/cases/${id}`)).status, 404, 'what is lifted gives nobody anything');
    await Promise.all([page.context().close(), other.context().close()]);
  });
}

/** Takes it, and leaves the page of who did open. */
async function emergency() {
  const { id, code } = await registered(await api(NGO), 'نسرین', 'احمدی', 'AFG', ['fa']);
  const page = await at(OTHER, 'sharing/emergency', 'Emergency');
  await step('emergency access opens a case to one person, with a reason, and to read', async () => {
    await page.getByLabel('Code').fill(code.toLowerCase());
    await page.getByLabel('Who it is').check();
    await page.getByLabel('Why nobody can be asked first').fill('Too short');
    await page.getByRole('button', { name: 'Take emergency access now' }).click();
    await page.locator('.field.wrong').getByRole('textbox', { name: 'Why nobody can be asked first' }).fill('Unconscious in the ward, and nobody of hers answers');
    await look(page, 'console-emergency');
    await page.getByRole('button', { name: 'Take emergency access now' }).click();
    await page.getByText('Open to you until').waitFor({ timeout: 30_000 });
    await page.getByRole('link', { name: 'Open the case' }).first().click();
    await heading(page, 'نسرین احمدی');
    await page.goto(`${address}/console/#/cases/${id}/sharing`);
    await page.getByText('open to you in an emergency, to read').waitFor({ timeout: 30_000 });
    assert.equal(await page.getByRole('button', { name: 'Ask for this case' }).count(), 0, 'who only reads is offered nothing to write');
  });
  return { id, code, page };
}

async function review({ id, code, page }) {
  await step('emergency access is reviewed by the owner, once, and is gone when it was wrong', async () => {
    const boss = await at('supervisor.safe-return', 'sharing/emergency', 'Emergency');
    const taken = boss.getByRole('listitem').filter({ hasText: code });
    await taken.getByText('Unconscious in the ward').waitFor({ timeout: 30_000 });
    await taken.getByLabel('Why you find so').fill('The night desk was there.');
    const verdict = await sure(boss, 'Unjustified', taken);
    await look(boss, 'console-review');
    await verdict.click();
    await taken.getByText('The night desk was there.').waitFor({ timeout: 30_000 });
    assert.equal(await taken.getByText('Review it').count(), 0, 'once');
    await page.reload();
    await heading(page, GONE);
    await boss.goto(`${address}/console/#/cases/${id}/sharing`);
    await boss.getByRole('link', { name: 'Who looked at it' }).click();
    await heading(boss, 'Who saw this person');
    const owners = await api('supervisor.safe-return');
    await sealed(async () => (await owners('GET', `/v1/cases/${id}/accesses`)).body.items.some((one) => one.is_emergency), 'the emergency access is sealed');
    await boss.reload();
    await boss.getByRole('row', { name: 'Mekong Shelter Network' }).filter({ hasText: 'get_case' }).filter({ hasText: 'Emergency access' }).first().waitFor({ timeout: 30_000 });
    const mine = await at('officer.idn', 'sharing', 'To answer');
    assert.equal(await mine.getByRole('link', { name: 'Emergency' }).count(), 0, 'who may not take it is not offered it');
    await Promise.all([page.context().close(), boss.context().close(), mine.context().close()]);
  });
}

export async function sharing() {
  // What was seen in an emergency is sealed by the time that it is reviewed.
  const taken = await emergency();
  await consents();
  await referrals();
  await transfers();
  await guarded();
  await review(taken);
}
