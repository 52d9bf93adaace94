// Accounts that stories make for themselves, and what an authenticator app shows.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { address } from './shared.mjs';
import { api } from './staff.mjs';

/** What an authenticator app shows for a key (RFC 6238), some half minutes from now. */
export function shownByApp(secret, ahead = 0) {
  const bits = [...secret.replace(/[\s=]/g, '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const turn = Buffer.alloc(8);
  turn.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const hash = createHmac('sha1', key).update(turn).digest();
  return String((hash.readUInt32BE(hash.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** What is answered to a sign-in beside the browser. */
export async function signsIn(credentials) {
  const { status } = await fetch(`${address}/v1/auth/login`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(credentials) });
  return status;
}

/** Makes an account at the administration, or at another organisation, signs in with it, and answers what asks the API as its user. */
export async function colleague(username, role, password, organisation = null) {
  const ask = await api('admin');
  const organisation_id = organisation ?? (await ask('GET', '/v1/me')).body.organisation_id;
  const { body: made } = await ask('POST', '/v1/users', { username, display_name: 'Nguyễn Văn Hùng', role, organisation_id });
  const send = async (method, path, body, token) => {
    const answer = await fetch(address + path, { method, headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) });
    return { status: answer.status, body: await answer.json().catch(() => null) };
  };
  assert.equal((await send('POST', '/v1/auth/password-reset', { username, reset_code: made.reset_code, new_password: password })).status, 204);
  const { body } = await send('POST', '/v1/auth/login', { username, password });
  const { body: conduct } = await send('GET', '/v1/code-of-conduct', null, body.access_token);
  assert.equal((await send('POST', '/v1/code-of-conduct/acceptance', { version: conduct.version }, body.access_token)).status, 204);
  return (method, path, given) => send(method, path, given, body.access_token);
}
