// Asking other organisations blindly: an organisation at most, and never a name.

import assert from 'node:assert/strict';
import { look, step } from './shared.mjs';
import { api, console_, heading, signIn } from './staff.mjs';

const OWNER = 'officer.chn';

export async function blind() {
  await step('an NGO asks blindly; whoever owns the case finds it by the text, and nobody else does', async () => {
    const officer = await api(OWNER);
    const { body: file } = await officer('POST', '/v1/cases', { host_country: 'KHM', intake_channel: 'walk_in_embassy', nationality_claimed: 'CHN', gender: 'feminine', identity: { original_script_name: '欧阳静怡', birth_date: '1996-02-29', documents: [{ kind: 'passport', custody: 'with_person', number: 'EH0550192' }] } });
    const page = await console_();
    await signIn(page, 'caseworker.safe-return');
    await page.getByRole('link', { name: 'People' }).click();
    await page.getByText('Ask other organisations').click();
    const form = page.getByRole('form', { name: 'Ask other organisations' });
    await form.getByLabel('Whole name').fill('欧阳静怡');
    await form.getByLabel('Nationality').selectOption('CHN');
    await page.getByText('Say one more of these.').waitFor();
    assert.ok(await form.getByRole('button', { name: 'Ask' }).isDisabled(), 'two facts would find out who is registered by trying');
    await form.getByLabel('Born').fill('29.2.1996');
    await form.getByLabel('Number of a document').fill('EH ๐๕๕๐๑๙๒');
    await form.getByRole('button', { name: 'Ask' }).click();
    await page.getByText('Perhaps registered with: Embassy of China, Phnom Penh').waitFor({ timeout: 60_000 });
    await look(page, 'console-blind');
    const text = (await page.locator('.code').textContent()).trim();
    assert.ok(text.length > 20 && !(await page.content()).includes(file.code), 'never which case it is');
    for (const told of ['欧阳静怡', 'EH0550192', '1996']) assert.ok(!decodeURIComponent(page.url()).includes(told), `${told} is in the address`);
    await form.getByLabel('Born').fill('1.3.1971');
    await page.getByText('Perhaps registered with:').waitFor({ state: 'hidden' });

    const other = await console_({ viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true });
    await signIn(other, OWNER);
    await other.getByRole('link', { name: 'People' }).click();
    await other.getByText('gave you a text').click();
    assert.equal(await other.getByText('Ask other organisations').count(), 0, 'an embassy asks nobody blindly');
    // As it comes out of a letter, broken over lines.
    await other.getByLabel('The text they gave you').fill(`${text.slice(0, 20)}\n${text.slice(20)}`);
    await other.getByRole('button', { name: 'Find the case' }).click();
    await other.getByRole('link', { name: file.code }).waitFor({ timeout: 30_000 });
    await other.getByRole('status').filter({ hasText: file.code }).getByText('Safe Return Cambodia').waitFor();
    await look(other, 'console-blind-resolved-phone');
    await other.getByRole('link', { name: file.code }).click();
    await heading(other, '欧阳静怡');
    await other.context().close();
    // To whoever asked it says nothing.
    await page.getByText('gave you a text').click();
    await page.getByLabel('The text they gave you').fill(text);
    await page.getByRole('button', { name: 'Find the case' }).click();
    await page.getByText('There is no such case of your organisation').waitFor({ timeout: 30_000 });
    await page.context().close();
  });
}
