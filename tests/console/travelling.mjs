// A journey from its plan to the arrival, with one who stays behind, and what two do to it at once.

import assert from 'node:assert/strict';
import { address, look, step } from './shared.mjs';
import { MERGE_PATCH, OFFICER, PHONE, api, console_, heading, nothingElseIsKept, passwordOf, signIn } from './staff.mjs';

const SUPERVISOR = 'supervisor.idn';
const day = (from) => new Date(Date.now() + from * 86_400_000).toISOString().slice(0, 10);
/** The day in Phnom Penh and in Jakarta: after midnight there it is still yesterday by the clock of the server. */
const today = day(7 / 24);

/** A walk-in at clearing; ready to leave but for the journey, unless the permit to leave is missing. */
export async function atClearing(ask, identity, isReady = true) {
  const must = async (method, path, body, headers) => {
    const answer = await ask(method, path, body, headers);
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  };
  const { body: made } = await must('POST', '/v1/cases', {
    host_country: 'KHM', intake_channel: 'walk_in_embassy', nationality_claimed: 'IDN', gender: 'feminine', risk_level: 'low', screening_skipped: 'arrived_already_identified',
    trafficking_status: 'presumed', identity: { birth_date: '1998-05', ...identity }, health: { immediate_needs: 'none' },
  });
  const at = `/v1/cases/${made.id}`;
  const change = async (path, patch) => must('PATCH', path, patch, { 'If-Match': (await must('GET', path)).etag, ...MERGE_PATCH });
  const go = async (to) => must('POST', `${at}/repatriation/transitions`, { to }, { 'If-Match': (await must('GET', at)).etag });
  await go('screened');
  const [contact] = (await must('GET', `${at}/embassy-contacts`)).body.items;
  await change(`${at}/embassy-contacts/${contact.id}`, { informed_of_rights_on: today });
  await go('mission_contacted');
  const asked = (await must('POST', `${at}/nationality-verifications`, { mission_id: contact.mission_id })).body;
  await change(`${at}/nationality-verifications/${asked.id}`, { result: 'verified', evidence: ['passport_copy'], interview_on: today, interview_mode: 'in_person' });
  await go('nationality_verified');
  await must('POST', `${at}/return-decisions`, { decision: 'return', voluntariness: 'voluntary', counselling_on: today, decided_on: today, signed_on: today, evidence: 'Folder 7' });
  await go('clearing');
  await must('POST', `${at}/travel-documents`, { kind: 'passport_valid', status: 'handed_over', number: 'C1234567', handed_over_on: today, expires_on: day(30) });
  if (isReady) await change(`${at}/immigration-clearance`, { exit_track: 'granted', exit_permit_number: 'EP-1', exit_permit_granted_on: today, exit_permit_valid_until: day(30) });
  await must('POST', `${at}/risk-assessments`, { kind: 'return', level: 'low', assessed_on: today });
  await must('POST', `${at}/fit-to-travel`, { fit: true, basis: 'examination', examined_on: today, valid_until: day(30) });
  return made;
}

/** A booked plane with these people on board, made beside the browser. */
export async function plane(ask, name, people) {
  const made = await ask('POST', '/v1/movements/batches', { name, mode: 'charter_flight', status: 'booked', capacity: 10, departs_at: `${day(2)}T08:00:00Z`, arrives_at: `${day(2)}T12:00:00Z` });
  const boarded = await ask('POST', `/v1/movements/batches/${made.body.id}/passengers`, { case_ids: people.map((one) => one.id) });
  assert.equal(boarded.status, 201, JSON.stringify(boarded.body));
  return made.body.id;
}

const field = (page, name) => page.locator(`[name="/${name}"]`);
const openTravel = async (page) => {
  await page.getByRole('navigation').getByRole('link', { name: 'Travel' }).click();
  await heading(page, 'Travel');
};
/** The steps that a page asks for, one for each request. */
function stepsAsked(page) {
  const asked = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && /\/movements\/batches\/[^/]+\/transitions$/.test(request.url())) asked.push(request.postDataJSON().to);
  });
  return asked;
}

/** Who is named by what became of a step: those who stay behind, and those who made it. */
async function outcome(page) {
  const panel = page.locator('section[aria-labelledby=outcome]');
  return { behind: await panel.locator('h3 a').allTextContents(), moved: (await panel.locator('details ul a').allTextContents()).sort() };
}
const stageOf = async (ask, person) => (await ask('GET', `/v1/cases/${person.id}`)).body.stage;

export async function travelling() {
  const ask = await api(OFFICER);
  const people = {};
  let id = '';

  await step('a journey is planned, and made once though the answer was lost', async () => {
    [people.dewi, people.aung, people.lin, people.booked] = await Promise.all([
      atClearing(ask, { given_name: 'Dewi', family_name: 'Anggraini' }), atClearing(ask, { given_name: 'ကိုအောင်' }), atClearing(ask, { original_script_name: '林雅婷' }, false), atClearing(ask, { given_name: 'សុខា', family_name: 'ស៊ុន' }),
    ]);
    await plane(ask, 'Another plane', [people.booked]);
    const page = await console_();
    await signIn(page, OFFICER);
    await openTravel(page);
    await page.getByRole('link', { name: 'New journey' }).click();
    await heading(page, 'New journey');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('[data-pointer="/mode"] .error').waitFor({ timeout: 30_000 });
    await look(page, 'console-journey-refused');
    await field(page, 'name').fill('Charter to Jakarta');
    await field(page, 'mode').selectOption('charter_flight');
    await field(page, 'departs_at').fill(`${day(2)}T08:00`);
    await field(page, 'arrives_at').fill(`${day(2)}T06:00`);
    await field(page, 'capacity').fill('៣');
    await field(page, 'destination').fill('Jakarta (CGK)');
    // A reload of the screen by way of another one loses nothing.
    await page.getByRole('link', { name: 'Today' }).click();
    await heading(page, 'Today');
    await page.goBack();
    await heading(page, 'New journey');
    assert.equal(await field(page, 'destination').inputValue(), 'Jakarta (CGK)');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('[data-pointer="/arrives_at"] .error').waitFor({ timeout: 30_000 });
    await field(page, 'arrives_at').fill(`${day(2)}T12:00`);
    let lost = 0;
    const path = '**/v1/movements/batches';
    await page.route(path, async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      await route.fetch();
      lost += 1;
      return route.abort('connectionreset');
    });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('No answer came').waitFor({ timeout: 30_000 });
    await page.unroute(path);
    await page.getByRole('button', { name: 'Save' }).click();
    await heading(page, 'Charter to Jakarta');
    const made = (await ask('GET', '/v1/movements/batches')).body.items.filter((one) => one.name === 'Charter to Jakarta');
    assert.deepEqual([lost, made.length, made[0].capacity, made[0].status], [1, 1, 3, 'planned']);
    id = made[0].id;
    await nothingElseIsKept(page);
    await page.context().close();
  });

  await step('people are put on board, all or nobody, and each is told why not', async () => {
    const page = await console_();
    await signIn(page, OFFICER);
    await openTravel(page);
    await look(page, 'console-travel');
    await page.getByRole('link', { name: 'Charter to Jakarta' }).click();
    await page.getByRole('link', { name: 'Put people on board' }).click();
    await heading(page, 'Put people on board');
    for (const name of ['Dewi Anggraini', '林雅婷', 'សុខា ស៊ុន']) await page.getByRole('checkbox', { name }).first().check({ timeout: 30_000 });
    // And one by name; those who are chosen stay chosen.
    await page.getByLabel('Choose from').selectOption('name');
    await page.getByLabel('Name, in any script').fill('ကိုအောင်');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('checkbox', { name: 'ကိုအောင်' }).first().check({ timeout: 60_000 });
    await look(page, 'console-pick');
    await page.getByRole('button', { name: 'Put 4 people on board' }).click();
    await page.getByText('cannot be taken, and so nobody was').waitFor({ timeout: 30_000 });
    await page.getByText('has a movement already').waitFor();
    await look(page, 'console-pick-refused');
    assert.equal((await ask('GET', `/v1/movements/batches/${id}`)).body.on_board, 0);
    await page.getByRole('button', { name: 'Leave those 2 out' }).or(page.getByRole('button', { name: 'Leave that one out' })).click();
    assert.equal(await page.locator('#chosen').textContent(), '3 people are chosen');
    await page.getByRole('button', { name: 'Put 3 people on board' }).click();
    await page.getByText('All 3 are on board now.').waitFor({ timeout: 30_000 });
    const { body: manifest } = await ask('GET', `/v1/movements/batches/${id}/manifest`);
    assert.deepEqual(manifest.passengers.map((one) => one.case_id).sort(), [people.dewi, people.aung, people.lin].map((one) => one.id).sort());
    await page.getByRole('link', { name: 'Back to the journey' }).click();
    await heading(page, 'Charter to Jakarta');
    // Who signed in a moment ago is asked for no password.
    await page.getByRole('link', { name: 'Dewi Anggraini' }).waitFor({ timeout: 30_000 });
    await look(page, 'console-journey');
    // The seats come first: no step is offered that nobody can make, and nobody books a second movement on a case.
    await page.getByText('The seats of the journey are not booked yet.').first().waitFor();
    assert.equal(await page.getByRole('button', { name: 'Schedule the departure' }).count(), 0);
    assert.ok(!/dewi|jakarta/i.test(page.url()));
    await page.context().close();
  });

  await step('two change a journey, and nothing of either is lost', async () => {
    const [page, other] = [await console_(), await api(SUPERVISOR)];
    await signIn(page, OFFICER);
    await page.goto(`${address}/console/#/travel/${id}/change`);
    await heading(page, 'Change the journey');
    const path = `/v1/movements/batches/${id}`;
    assert.equal((await other('PATCH', path, { carrier: 'An airline', escort: 'A consul' }, { 'If-Match': (await other('GET', path)).etag, ...MERGE_PATCH })).status, 200);
    await field(page, 'status').selectOption('booked');
    await field(page, 'escort').fill('Two consuls');
    await page.getByRole('button', { name: 'Save the change' }).click();
    await page.getByText('Somebody else changed this while').waitFor({ timeout: 30_000 });
    await look(page, 'console-journey-merge');
    await page.getByLabel('Theirs: A consul').check();
    await page.getByRole('button', { name: 'Save the change' }).click();
    await heading(page, 'Charter to Jakarta');
    const { body } = await ask('GET', path);
    assert.deepEqual([body.carrier, body.escort, body.status], ['An airline', 'A consul', 'booked']);
    await page.context().close();
  });

  await step('one stays behind with what keeps them, the others leave and arrive', async () => {
    const page = await console_();
    const asked = stepsAsked(page);
    await signIn(page, OFFICER);
    await page.goto(`${address}/console/#/travel/${id}`);
    await page.getByRole('link', { name: 'Dewi Anggraini' }).waitFor({ timeout: 30_000 });
    // What keeps her is said before anybody asks, and leads to where it is settled.
    await page.getByRole('row', { name: '林雅婷' }).getByRole('link', { name: 'exit permit' }).waitFor();
    await page.getByRole('button', { name: 'Schedule the departure' }).click();
    const dialog = page.getByRole('dialog');
    await look(page, 'console-journey-step');
    // Who presses twice makes it once.
    await dialog.getByRole('button', { name: 'Schedule the departure' }).dblclick();
    await page.getByRole('heading', { name: '2 made the step, one stays behind' }).waitFor({ timeout: 30_000 });
    const names = { behind: ['林雅婷'], moved: ['Dewi Anggraini', 'ကိုအောင်'] };
    assert.deepEqual(await outcome(page), names);
    assert.deepEqual(asked, ['departure_scheduled'], 'one request a step');
    await look(page, 'console-journey-outcome');
    assert.deepEqual([await stageOf(ask, people.dewi), await stageOf(ask, people.aung), await stageOf(ask, people.lin)], ['departure_scheduled', 'departure_scheduled', 'clearing']);
    // The line leads to the form that settles it, and the list is still there when one comes back.
    await page.locator('.checklist').getByRole('link', { name: 'exit permit' }).first().click();
    await page.getByRole('heading', { name: 'Exit permit and fine' }).waitFor({ timeout: 30_000 });
    assert.match(page.url(), new RegExp(`cases/${people.lin.id}\\?form=immigration-clearance`));
    await page.goBack();
    await page.getByRole('heading', { name: '林雅婷' }).waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'They have left' }).click();
    await dialog.getByRole('button', { name: 'They have left' }).click();
    await page.getByText('They were taken off.').waitFor({ timeout: 30_000 });
    assert.deepEqual(await outcome(page), names);
    assert.deepEqual(asked, ['departure_scheduled', 'departed']);
    const { body: left } = await ask('GET', `/v1/movements/batches/${id}`);
    assert.deepEqual([left.status, left.on_board, await stageOf(ask, people.dewi), await stageOf(ask, people.lin)], ['departed', 2, 'departed', 'clearing']);
    assert.deepEqual((await ask('GET', `/v1/cases/${people.lin.id}/movements`)).body.items.map((one) => one.status), ['cancelled']);
    await page.getByRole('button', { name: 'They have arrived' }).click();
    await dialog.getByRole('button', { name: 'They have arrived' }).click();
    await dialog.locator('[data-pointer="/port"] .error').waitFor({ timeout: 30_000 });
    await look(page, 'console-journey-arrival');
    await field(page, 'arrived_on').fill(today);
    await field(page, 'country').selectOption('IDN');
    await field(page, 'port').fill('CGK');
    await field(page, 'received_by').fill('Kementerian Sosial');
    await dialog.getByRole('button', { name: 'They have arrived' }).click();
    await page.getByRole('heading', { name: '2 made the step, nobody stays behind' }).waitFor({ timeout: 30_000 });
    assert.deepEqual(await outcome(page), { ...names, behind: [] });
    // The one that lacked what must be said with it was refused.
    assert.deepEqual(asked, ['departure_scheduled', 'departed', 'arrived', 'arrived']);
    const [arrival] = (await ask('GET', `/v1/cases/${people.aung.id}/arrivals`)).body.items;
    assert.deepEqual([await stageOf(ask, people.aung), arrival.port, arrival.received_by], ['arrived', 'CGK', 'Kementerian Sosial']);
    assert.equal(await page.getByRole('link', { name: 'Change the journey' }).count(), 0, 'what is over is not changed');
    // What became of each is forgotten with the session.
    await page.getByRole('button', { name: 'Sign out' }).click();
    await heading(page, 'Sign in');
    assert.ok(!/林雅婷|Dewi/.test(await page.content()));
    await page.context().close();
  });

  await step('a departure whose answer was lost is not made twice, and says who stayed', async () => {
    const [gone, held] = await Promise.all([atClearing(ask, { given_name: 'Nguyễn', family_name: 'Văn Hùng' }), atClearing(ask, { given_name: 'Mercy', family_name: 'Wanjiku' })]);
    const other = await plane(ask, 'Bus to the border', [gone, held]);
    const path = `/v1/movements/batches/${other}`;
    assert.equal((await ask('POST', `${path}/transitions`, { to: 'departure_scheduled' }, { 'If-Match': (await ask('GET', path)).etag })).body.moved, 2);
    assert.equal((await ask('POST', `/v1/cases/${held.id}/legal-holds`, { kind: 'witness_proceedings', imposed_on: today })).status, 201);
    const page = await console_();
    await signIn(page, OFFICER);
    await page.goto(`${address}/console/#/travel/${other}`);
    await page.getByRole('link', { name: 'Mercy Wanjiku' }).waitFor({ timeout: 30_000 });
    let lost = 0;
    await page.route('**/transitions', async (route) => {
      await route.fetch();
      lost += 1;
      return route.abort('connectionreset');
    });
    await page.getByRole('button', { name: 'They have left' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'They have left' }).click();
    const said = page.getByRole('alert').filter({ hasText: 'The step has been made' }).getByRole('link');
    await said.first().waitFor({ timeout: 30_000 });
    assert.deepEqual(await said.allTextContents(), ['Mercy Wanjiku'], 'who stayed is named, and nobody else');
    await look(page, 'console-journey-unseen');
    assert.equal(await page.getByRole('button', { name: 'They have left' }).count(), 0);
    assert.deepEqual([lost, await stageOf(ask, gone), (await ask('GET', path)).body.on_board], [1, 'departed', 1]);
    await page.context().close();
  });

  await step('the papers ask for a password, and somebody is taken off by one of two', async () => {
    const [budi, sara] = await Promise.all([atClearing(ask, { given_name: 'Budi' }), atClearing(ask, { given_name: 'سارة', family_name: 'الحسن' })]);
    const other = await plane(ask, 'Train to Poipet', [budi, sara]);
    const page = await console_(PHONE);
    await signIn(page, OFFICER);
    await page.goto(`${address}/console/#/travel/${other}`);
    await heading(page, 'Train to Poipet');
    // A reload forgets when one proved who one is.
    await page.reload();
    await heading(page, 'Train to Poipet');
    await page.getByRole('link', { name: 'Budi' }).waitFor({ timeout: 30_000 });
    assert.equal(await page.getByText('C1234567').count(), 0, 'no passport without a proof');
    await page.getByRole('button', { name: 'Show papers, and who is left behind' }).click();
    const proof = page.getByRole('dialog', { name: 'Enter your password again' });
    await proof.waitFor({ timeout: 30_000 });
    await proof.locator('input[type=password]').fill(passwordOf(OFFICER));
    await page.keyboard.press('Enter');
    await page.getByText('C1234567').first().waitFor({ timeout: 30_000 });
    await look(page, 'console-journey-phone');
    // Meanwhile the supervisor takes the other one off: what is on screen is not what is there any more.
    const colleague = await api(SUPERVISOR);
    const path = `/v1/movements/batches/${other}`;
    assert.equal((await colleague('DELETE', `${path}/passengers/${sara.id}`, undefined, { 'If-Match': (await colleague('GET', path)).etag })).status, 204);
    await page.getByRole('button', { name: 'Take off: Budi' }).click();
    await look(page, 'console-take-off-phone');
    await page.getByRole('dialog').getByRole('button', { name: 'Take off' }).click();
    await page.getByText('Somebody else changed this meanwhile').waitFor({ timeout: 30_000 });
    await page.getByRole('heading', { name: 'On board: 1 of 10 seats' }).waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Take off: Budi' }).click({ timeout: 30_000 });
    await page.getByRole('dialog').getByRole('button', { name: 'Take off' }).click();
    await page.getByRole('heading', { name: 'On board: 0 of 10 seats' }).waitFor({ timeout: 30_000 });
    assert.equal((await ask('GET', path)).body.on_board, 0);
    await page.context().close();
  });

  await step('who is left behind is named before the departure, and a cancelled journey is final', async () => {
    const mother = await atClearing(ask, { given_name: 'Sunita', family_name: 'Tamang' });
    const child = (await ask('POST', '/v1/cases', { host_country: 'KHM', intake_channel: 'walk_in_embassy', nationality_claimed: 'IDN', identity: { given_name: 'आशा', birth_date: '2020' } })).body;
    assert.equal((await ask('POST', `/v1/cases/${mother.id}/relations`, { case_id: child.id, relation: 'child' })).status, 201);
    const other = (await ask('POST', '/v1/movements/batches', { name: 'Convoy', mode: 'convoy', status: 'booked', capacity: 5, departs_at: `${day(2)}T08:00:00Z`, arrives_at: `${day(2)}T12:00:00Z` })).body.id;
    const path = `/v1/movements/batches/${other}`;
    const page = await console_(PHONE);
    await signIn(page, OFFICER);
    await page.goto(`${address}/console/#/travel/${other}/add`);
    await page.getByRole('checkbox', { name: 'Sunita Tamang' }).check({ timeout: 30_000 });
    await look(page, 'console-pick-phone');
    await page.getByRole('button', { name: 'Put one person on board' }).click();
    await page.getByText('Left behind by somebody on board').waitFor({ timeout: 30_000 });
    await page.getByRole('status').getByRole('listitem').filter({ hasText: child.code }).filter({ hasText: 'belongs to Sunita Tamang (Child)' }).waitFor();
    await look(page, 'console-left-behind-phone');
    await page.getByRole('link', { name: 'Back to the journey' }).click();
    // Who signed in a moment ago is shown at once who is left behind.
    const mothers = page.getByRole('row', { name: 'Sunita Tamang' });
    await mothers.getByText('Travels without:').waitFor({ timeout: 30_000 });
    await mothers.getByRole('link', { name: `Child, ${child.code}` }).waitFor();
    await page.getByRole('button', { name: 'They have left' }).click();
    await page.getByText('One of them travels without somebody who belongs to them.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Change the journey' }).click();
    await field(page, 'status').selectOption('cancelled', { timeout: 30_000 });
    await page.getByRole('button', { name: 'Save the change' }).click();
    await page.getByText('It is final').waitFor({ timeout: 30_000 });
    await look(page, 'console-cancel-phone');
    assert.equal((await ask('GET', path)).body.status, 'booked', 'not before it is said');
    await page.getByRole('dialog').getByRole('button', { name: 'Save the change' }).click();
    await heading(page, 'Convoy');
    assert.equal((await ask('GET', path)).body.status, 'cancelled');
    await page.context().close();
    // An organisation that may say of no plane that it leaves or left is not offered to.
    const ngo = await api('caseworker.safe-return');
    const theirs = (await ngo('POST', '/v1/movements/batches', { name: 'Van', mode: 'bus', status: 'booked', capacity: 5, departs_at: `${day(2)}T08:00:00Z`, arrives_at: `${day(2)}T12:00:00Z` })).body.id;
    const passenger = (await ngo('POST', '/v1/cases', { host_country: 'KHM', intake_channel: 'walk_in_ngo', identity: { given_name: 'Abebe' } })).body;
    assert.equal((await ngo('POST', `/v1/movements/batches/${theirs}/passengers`, { case_ids: [passenger.id] })).status, 201);
    const stranger = await console_();
    await signIn(stranger, 'caseworker.safe-return');
    await stranger.goto(`${address}/console/#/travel/${other}`);
    await heading(stranger, 'There is no such journey');
    await stranger.goto(`${address}/console/#/travel/${theirs}`);
    for (const step of ['Schedule the departure', 'They have left']) {
      await stranger.getByText(`${step}: A mission or the coordination desk must do this.`).waitFor({ timeout: 30_000 });
      assert.equal(await stranger.getByRole('button', { name: step }).count(), 0);
    }
    assert.ok((await ngo('GET', `/v1/movements/batches/${theirs}/passengers`)).body.barred.length > 0, 'the server would refuse either');
    await stranger.context().close();
  });
}
