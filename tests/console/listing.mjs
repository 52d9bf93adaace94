// A clerk brings in the spreadsheet of an NGO: what is wrong with it is said row by row, and what is decided is done.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { address, look, step } from './shared.mjs';
import { PHONE, api, console_, heading, named, nothingElseIsKept, signIn, until } from './staff.mjs';

const CLERK = 'caseworker.safe-return';
const SUPERVISOR = 'supervisor.safe-return';

/** Six rows: two people who can be registered, one of a country that is none, one who is known, one twice, and one of whom little is said. */
const ROWS = [
  'No;Nama;Tanggal lahir;JK;Kewarganegaraan;Paspor;Warna',
  '1;Rahayu Daftarwati;3/4/1999;P;Indonesia;QL451237;biru',
  '2;林雅婷鶯;5/6/1998;P;Taiwan;QL451238;',
  '3;ស៊ុន សុខាលី;7/8/1997;P;Negeri Entah;QL451239;',
  '4;Agung Terdaftar;9/10/1996;L;Indonesia;QL451240;',
  '5;R. Daftarwati;;P;Indonesia;QL451237;',
  '6;Nguyễn Thị Danh;11/12/1995;P;Viet Nam;QL451241;',
];
const SECRETS = ['Rahayu', '林雅婷鶯', 'Danh', 'QL451237', 'daftar-rahasia'];
const FILE = { name: 'daftar-rahasia.csv', mimeType: 'text/csv', buffer: Buffer.from(`${ROWS.join('\n')}\n`) };

const idOf = (page) => /#\/lists\/([0-9a-f-]{36})/.exec(page.url())?.[1];
const state = (page, text) => page.getByRole('main').getByRole('status').filter({ hasText: text }).waitFor({ timeout: 60_000 });
const column = (page, name) => page.locator(`[data-pointer="/columns/${name.charCodeAt(0) - 65}/field"] select`);
const answer = (page, row, name) => page.getByRole('group', { name: `Your answer: Row ${row}` }).getByRole('button', { name, exact: true });
const shows = (page, to) => page.getByLabel('Rows to be shown').selectOption(to, { timeout: 30_000 });

export async function listing() {
  const ask = await api(CLERK);
  let [page, id, known] = [];

  await step('a spreadsheet is sent, once though its answer is lost, and each column is found or asked about', async () => {
    const person = { host_country: 'KHM', intake_channel: 'walk_in_ngo', nationality_claimed: 'IDN', identity: { given_name: 'Agung', family_name: 'Terdaftar', documents: [{ kind: 'passport', number: 'QL451240', custody: 'with_person' }] } };
    known = (await ask('POST', '/v1/cases', person)).body;
    page = await console_();
    await signIn(page, CLERK);
    await page.getByRole('navigation').getByRole('link', { name: 'Lists' }).click();
    await heading(page, 'Lists');
    await page.getByRole('link', { name: 'Bring in a list' }).click();
    await heading(page, 'Bring in a list');
    await page.getByText('at most 20 MB and 50,000 rows').waitFor();
    await page.getByLabel('File').setInputFiles({ ...FILE, buffer: Buffer.alloc(20 * 1024 * 1024 + 1, 'x') });
    await page.locator('[data-pointer="/content"] .error').waitFor({ timeout: 30_000 });
    assert.ok(await page.getByRole('button', { name: 'Send the file' }).isDisabled(), 'what is too large is not sent');
    await look(page, 'console-list-new');
    // The answer to the announcement is lost, and then that to the file.
    let lost = 0;
    const lose = async (route) => {
      if (route.request().method() === 'GET') return route.continue();
      await route.fetch();
      lost += 1;
      return route.abort('connectionreset');
    };
    await page.route('**/v1/imports', lose);
    await page.getByLabel('File').setInputFiles(FILE);
    await page.getByRole('button', { name: 'Send the file' }).click();
    await page.getByText('No answer came').waitFor({ timeout: 30_000 });
    await page.unroute('**/v1/imports');
    await page.route('**/content', lose);
    await page.getByRole('button', { name: 'Send it again' }).click();
    await state(page, 'Say what each column is');
    await page.unroute('**/content');
    id = idOf(page);
    const lists = (await ask('GET', '/v1/imports')).body.items;
    assert.deepEqual([lost, lists.map((one) => [one.id, one.state, one.row_count])], [2, [[id, 'read', 6]]]);
    await column(page, 'B').waitFor({ timeout: 30_000 });
    assert.deepEqual(await Promise.all([...'ABCDEFG'].map((name) => column(page, name).inputValue())), ['row_key', 'full_name', 'birth_date', 'gender', 'nationality', 'passport_number', '']);
    await look(page, 'console-list-columns');
  });

  await step('what is missing of the columns is said at its field, and what was typed outlives a reload', async () => {
    await page.getByLabel('How the person came').selectOption('');
    await column(page, 'G').selectOption('gender');
    await page.getByRole('button', { name: 'Check the rows' }).click();
    await page.locator('[data-pointer="/columns/6/field"] .error').waitFor({ timeout: 30_000 });
    await page.locator('[data-pointer="/defaults/intake_channel"] .error').waitFor();
    await page.locator('[data-pointer="/defaults/host_country"] .error').waitFor();
    await look(page, 'console-list-columns-refused');
    await column(page, 'G').selectOption('');
    await page.getByLabel('How the person came').selectOption('raid');
    await page.getByLabel('Country the person is in').selectOption('KHM');
    await page.getByLabel('Which day is 3/4/1999?').selectOption('day_first');
    await page.getByLabel('Keep the columns for the next list').fill('Daftar loket');
    await until(() => page.evaluate(() => dispatchEvent(new Event('beforeunload', { cancelable: true }))), 'what was typed is kept');
    await page.reload();
    assert.equal(await page.getByLabel('How the person came').inputValue({ timeout: 60_000 }), 'raid');
    assert.equal(await page.getByLabel('Which day is 3/4/1999?').inputValue(), 'day_first');
    await page.getByRole('button', { name: 'Check the rows' }).click();
    await state(page, /^Checked/);
    const { body: list } = await ask('GET', `/v1/imports/${id}`);
    assert.deepEqual([list.mapping.columns[2].dates.order, list.mapping.defaults.intake_channel, list.undecided], ['day_first', 'raid', 2]);
    assert.deepEqual((await ask('GET', '/v1/import-profiles')).body.items.map((one) => one.name), ['Daftar loket']);
  });

  await step('rows that wait are answered, and those that are refused are said with their cell', async () => {
    await heading(page, 'List of');
    await page.getByText('The same document').waitFor({ timeout: 30_000 });
    await page.getByRole('row', { name: /5 \(4\)/ }).getByRole('link', { name: known.code }).waitFor();
    assert.ok(await page.getByRole('button', { name: 'Register the people' }).isDisabled(), 'nobody is registered over a question');
    await look(page, 'console-list-waits');
    // A colleague answered meanwhile: theirs is read, and not written over.
    const colleague = await api(SUPERVISOR);
    const [row] = (await colleague('GET', `/v1/imports/${id}/rows?state=already_registered`)).body.items;
    assert.equal((await colleague('POST', `/v1/imports/${id}/rows/${row.id}/decide`, { decision: 'new' }, { 'If-Match': `"${row.version}"` })).status, 200);
    await answer(page, 5, 'The same person').click();
    await page.getByText('Somebody else changed this meanwhile').waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Another person', pressed: true }).waitFor({ timeout: 30_000 });
    await answer(page, 5, 'The same person').click();
    await page.getByRole('button', { name: 'The same person', pressed: true }).waitFor({ timeout: 30_000 });
    await shows(page, 'refused');
    await page.getByRole('row', { name: /4 \(3\).*E4, Nationality/ }).waitFor({ timeout: 30_000 });
    await shows(page, 'repeated');
    await page.getByText('as row 2').waitFor({ timeout: 30_000 });
    await look(page, 'console-list-repeated');
    const [table] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save the report' }).click()]);
    const report = readFileSync(await table.path(), 'utf8');
    assert.match(table.suggestedFilename(), /^list-\d{4}-\d{2}-\d{2}\.csv$/);
    assert.ok(report.includes('"4","3","refused"') && report.includes('E4') && !SECRETS.some((one) => report.includes(one)), report);
    for (const secret of SECRETS) assert.ok(!decodeURIComponent(page.url()).includes(secret) && !(await page.getByRole('main').innerText()).includes(secret), secret);
    await nothingElseIsKept(page);
  });

  await step('the people are registered, and found; whoever is left out is not', async () => {
    await page.getByText('3 people are registered in your name').waitFor({ timeout: 30_000 });
    await page.getByRole('radio', { name: 'Leave out' }).check();
    await page.getByRole('button', { name: 'Register the people' }).click();
    await state(page, /^Registered$/);
    await look(page, 'console-list-registered');
    const [made, ...more] = await named(ask, 'Daftarwati');
    assert.deepEqual([made.name.includes('Rahayu'), more.length], [true, 0]);
    const { body: file } = await ask('GET', `/v1/cases/${made.id}`);
    assert.deepEqual([file.identity.birth_date, file.intake_channel, file.host_country], ['1999-04-03', 'raid', 'KHM']);
    await page.getByRole('link', { name: made.code }).click();
    await heading(page, 'Rahayu Daftarwati');
    await page.getByRole('navigation').getByRole('link', { name: 'People' }).click();
    await page.getByLabel('Name, in any script').fill('林雅婷鶯');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('link', { name: '林雅婷鶯' }).first().waitFor({ timeout: 30_000 });
    const states = (await ask('GET', `/v1/imports/${id}/rows`)).body.items.map((one) => [one.number, one.state]);
    assert.deepEqual(states, [[2, 'registered'], [3, 'registered'], [4, 'refused'], [5, 'existing'], [6, 'skipped'], [7, 'registered']]);
    await page.context().close();
  });

  await step('a supervisor takes the list back, but for whom somebody worked on', async () => {
    const [made] = await named(ask, 'Daftarwati');
    const { etag } = await ask('GET', `/v1/cases/${made.id}`);
    assert.equal((await ask('PATCH', `/v1/cases/${made.id}`, { risk_level: 'high' }, { 'If-Match': etag, 'Content-Type': 'application/merge-patch+json' })).status, 200);
    const phone = await console_(PHONE);
    await signIn(phone, SUPERVISOR);
    await phone.goto(`${address}/console/#/lists/${id}`);
    await phone.getByRole('button', { name: 'Take it all back' }).click({ timeout: 30_000 });
    await look(phone, 'console-list-undo-phone');
    await phone.getByRole('button', { name: 'Take it all back' }).click();
    await state(phone, /^Taken back$/);
    await phone.getByText('Stays: somebody worked on it').waitFor({ timeout: 30_000 });
    await look(phone, 'console-list-undone-phone');
    const states = (await ask('GET', `/v1/imports/${id}/rows`)).body.items.map((one) => [one.number, one.state, one.kept_because]);
    assert.deepEqual(states.filter(([, , kept]) => kept !== null), [[2, 'registered', 'worked_on']]);
    assert.equal(states.filter(([, became]) => became === 'taken_back').length, 2);
    await phone.context().close();
  });

  await step('a list is cancelled, is not there for others, and a file that is none is refused in words', async () => {
    const view = await console_(PHONE);
    await signIn(view, CLERK);
    await view.goto(`${address}/console/#/lists/new`);
    await view.getByLabel('Columns as you kept them').selectOption({ label: 'Daftar loket' }, { timeout: 30_000 });
    await view.getByLabel('File').setInputFiles({ ...FILE, buffer: Buffer.from('%PDF-1.7 none') });
    await view.getByRole('button', { name: 'Send the file' }).click();
    await view.getByText('No list is found in it').waitFor({ timeout: 60_000 });
    await look(view, 'console-list-refused-phone');
    await view.getByLabel('File').setInputFiles(FILE);
    await view.getByRole('button', { name: 'Send the file' }).click();
    await state(view, 'Say what each column is');
    assert.equal(await view.getByLabel('How the person came').inputValue({ timeout: 30_000 }), 'raid', 'as it was kept');
    await look(view, 'console-list-columns-phone');
    const other = await console_();
    await signIn(other, 'officer.idn');
    await other.goto(`${address}/console/#/lists/${idOf(view)}`);
    await heading(other, 'There is no such list');
    await other.context().close();
    await view.getByRole('button', { name: 'Cancel the list' }).click();
    await view.getByRole('button', { name: 'Cancel the list' }).click();
    await state(view, /^Cancelled$/);
    await view.context().close();
  });
}
