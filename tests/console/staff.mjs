// What the stories of the console share: a tab at it, a sign-in, and the API beside the browser.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { address, others, tab } from './shared.mjs';

const accounts = JSON.parse(readFileSync(others[0], 'utf8'));
export const ONE_OF_EACH_ROLE = [...new Map([...accounts].reverse().map((account) => [account.role, account.username])).values()];
export const passwordOf = (username) => accounts.find((account) => account.username === username).password;
export const OFFICER = 'officer.idn';
export const PHONE = { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true };

/** A tab at the console that also notes every break of the content policy, and leaves what is unsent without being asked. `prepare` is done
 *  with it before it is opened. */
export async function console_(view = {}, prepare = async () => {}) {
  const page = await tab(view);
  await prepare(page);
  page.on('dialog', (dialog) => void dialog.accept());
  await page.addInitScript(() => addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`)));
  await page.goto(`${address}/console/`);
  return page;
}

export async function signIn(page, username, password = passwordOf(username)) {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor({ timeout: 30_000 });
}

/** Asks the API beside the browser, as the same or another user. */
export async function api(username, password = passwordOf(username)) {
  const send = async (method, path, body, headers = {}) => {
    const answer = await fetch(address + path, { method, headers: { 'Content-Type': 'application/json', ...headers }, ...(body ? { body: JSON.stringify(body) } : {}) });
    return { status: answer.status, etag: answer.headers.get('ETag'), body: await answer.json().catch(() => null) };
  };
  const { body } = await send('POST', '/v1/auth/login', { username, password });
  return (method, path, given, headers = {}) => send(method, path, given, { Authorization: `Bearer ${body.access_token}`, ...headers });
}

/** Looks until it is so, for what happens behind the page: at the server, or in the browser's own database. Answers what was found. */
export async function until(look, what, { seconds = 30, every = 100 } = {}) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    const found = await look();
    if (found) return found;
    await new Promise((done) => setTimeout(done, every));
  }
  return assert.fail(`it never came: ${what}`);
}

export async function named(ask, name) {
  const ready = async () => {
    const found = await ask('POST', '/v1/cases/search', { name });
    return found.status === 503 ? null : found;
  };
  const { status, body } = await until(ready, 'the names are ready', { every: 500 });
  assert.equal(status, 200);
  // A search also finds names that are like it.
  return body.items.filter((one) => name.split(' ').every((word) => one.name?.split(' ').includes(word)));
}

/** What the browser keeps: the token of the device under a name that tells nothing, the session where no script reads it, and what is not
 *  sent, sealed. */
export async function nothingElseIsKept(page) {
  const kept = await page.evaluate(async () => [Object.keys(localStorage), sessionStorage.length, document.cookie, (await caches.keys()).length, document.title]);
  for (const key of kept[0]) assert.match(key, /^homeward\.(salt|language|device\.[0-9a-f]{24})$/);
  assert.deepEqual(kept.slice(1), [0, '', 0, 'Homeward']);
  for (const one of await sealedHere(page)) {
    assert.deepEqual([one.shape, /^[0-9a-f-]{36}$/.test(one.id)], ['at:number id:string kind:string nonce:Uint8Array sealed:ArrayBuffer tab:string', true]);
    // Blocks, with the 16 bytes by which a wrong key is known, and hours: neither tells what was typed, or when.
    assert.deepEqual([one.size % 1024, one.at % 3_600_000], [16, 0]);
  }
  for (const cookie of await page.context().cookies()) {
    assert.deepEqual([cookie.name, cookie.httpOnly, cookie.secure, cookie.sameSite, cookie.expires], ['__Host-homeward-session', true, true, 'Strict', -1]);
  }
}

/** What lies in the browser's own database, with the text that whoever copies the disk would find. */
export const sealedHere = (page) => page.evaluate(async () => {
  const names = (await indexedDB.databases()).map((one) => one.name);
  if (names.some((name) => name !== 'homeward')) throw new Error(`other databases: ${names}`);
  if (!names.length) return [];
  const asked = (it) => new Promise((done, fail) => { it.onsuccess = () => done(it.result); it.onerror = () => fail(it.error); });
  const base = await asked(indexedDB.open('homeward'));
  if (!base.objectStoreNames.contains('kept')) return [];
  const all = await asked(base.transaction('kept').objectStore('kept').getAll());
  base.close();
  const of = (value) => (typeof value === 'object' ? value.constructor.name : typeof value);
  return all.map((one) => ({ id: one.id, kind: one.kind, at: one.at, size: one.sealed.byteLength, text: new TextDecoder().decode(one.sealed), shape: Object.keys(one).sort().map((name) => `${name}:${of(one[name])}`).join(' ') }));
});

/** Waits until the session is gone from the browser: the page is empty before the server has answered. */
export async function sessionIsGone(page) {
  await until(async () => (await page.context().cookies()).length === 0, 'the session is gone from the browser');
}

/** Waits until nothing that was typed would be lost if the page went: it does not ask any more before it is left. */
export const allIsKept = (page) => until(() => page.evaluate(() => dispatchEvent(new Event('beforeunload', { cancelable: true }))), 'what was typed is kept');

/** Presses until the account has waited: after a failure it is refused for a moment, the page counts, and the button can be pressed again. */
export async function pressPatiently(page, button, path) {
  return until(async () => {
    const [answer] = await Promise.all([page.waitForResponse((one) => one.url().endsWith(path)), button.click({ timeout: 30_000 })]);
    return answer.status() === 429 ? null : answer.status();
  }, 'the account may try again');
}

/** Opens the form of a walk-in, once it knows the counter. */
export async function openRegister(page) {
  await page.getByRole('link', { name: 'Register' }).click();
  await page.waitForFunction(() => document.querySelector('select[name="/host_country"]')?.value === 'KHM', null, { timeout: 30_000 });
}

/** Looks until what was done is sealed, and so can be read in the trail: that is a minute later. */
export const sealed = (look, what) => until(look, what, { seconds: 150, every: 1000 });

export const MERGE_PATCH = { 'Content-Type': 'application/merge-patch+json' };

export const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor({ timeout: 30_000 });
/** Whether something has the focus: the console gives it once the heading is there, a moment after it can be seen. */
export const hasFocus = (page) => page.waitForFunction(() => document.activeElement !== document.body && document.activeElement !== null, null, { timeout: 10_000 }).then(() => true, () => false);
