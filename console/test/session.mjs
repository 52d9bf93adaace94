// Sessions, tabs and what is on its way, with a server of this process.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { bundled } from './bundled.mjs';

const heard = {};
const kept = new Map();
const channels = [];
const asked = [];
let respond = async () => ({ status: 500, body: {} });

globalThis.navigator ??= { languages: ['en'] };
Object.assign(globalThis, {
  addEventListener: (event, hear) => (heard[event] ??= []).push(hear),
  dispatchEvent: () => true,
  location: { hash: '', pathname: '/console/' },
  history: { replaceState: () => undefined },
  localStorage: { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) },
  BroadcastChannel: class {
    constructor(name) { this.name = name; this.hears = []; channels.push(this); }
    addEventListener(_, hear) { this.hears.push(hear); }
    removeEventListener(_, hear) { this.hears = this.hears.filter((one) => one !== hear); }
    postMessage(data) { this.said = [...(this.said ?? []), data]; }
  },
  async fetch(path, init) {
    const request = { path, method: init.method, token: init.headers.Authorization, key: init.headers['Idempotency-Key'], body: init.body };
    asked.push(request);
    const { status, body } = await respond(request);
    return { ok: status < 400, status, headers: new Headers(), json: async () => body, text: async () => (body === undefined ? '' : JSON.stringify(body)), blob: async () => new Blob([body], { type: 'text/csv; charset=utf-8; header=present' }) };
  },
});
const { session, outbox, drafts, sending, making, tables, saving, problem, tokens, idle, operations } = await bundled(
  `export * as session from './src/session/session'; export * as outbox from './src/session/outbox'; export * as drafts from './src/session/drafts'; export * as sending from './src/api/send'; export * as making from './src/forms/once'; export * as tables from './src/api/table'; export * as saving from './src/ui/save'; export * as problem from './src/api/problem'; export * as tokens from './src/api/tokens'; export * as idle from './src/session/idle'; export { get_case, create_case, get_funnel_csv } from './src/generated/operations';`,
).then((made) => ({ ...made, operations: made }));

const access = (user) => `x.${btoa(JSON.stringify({ sub: user, n: Math.random() }))}.x`;
const pair = (user) => ({ access_token: access(user), expires_in: 600, refresh_expires_in: 900, device_token: null });
const told = (status, code = 'internal') => ({ status, body: { code, status, type: '', title: '', instance: 'urn:uuid:1' } });
const settled = async () => { for (let turn = 0; turn < 30; turn += 1) await new Promise((done) => setImmediate(done)); };
const broken = () => { throw new TypeError('no line'); };
/** A server at which a user is signed in; `others` answers what is not about sessions. */
const server = (user, others = () => told(500)) => async (request) => {
  switch (request.path) {
    case '/v1/auth/login':
    case '/v1/auth/refresh': return { status: 200, body: pair(user) };
    case '/v1/auth/logout': return { status: 204 };
    case '/v1/me': return { status: 200, body: { user_id: user, username: user, permissions: [] } };
    default: return others(request);
  }
};
const hear = (word) => channels.find((one) => one.name === 'homeward').hears.forEach((one) => one({ data: word }));
const said = () => channels.find((one) => one.name === 'homeward').said ?? [];
const made = { status: 201, body: { id: '1', code: 'KHM-1', registered_on: '2026-01-01' } };
const of = (path) => asked.filter((one) => one.path === path);
const signIn = async (user, others) => {
  respond = server(user, others);
  await session.signIn(user, 'password', '');
};

beforeEach(async () => {
  session.wipe();
  kept.clear();
  asked.length = 0;
  for (const one of channels) one.said = [];
  await settled();
});

test('a fault is no refusal: the same body goes again under its key', async () => {
  let answers = [told(500), told(502), told(504), made];
  await signIn('a', () => answers.shift());
  outbox.post({ host_country: 'KHM' }, 'Ratna', {});
  for (let tries = 0; tries < 4; tries += 1) {
    await settled();
    assert.equal(outbox.outbox.value[0].state, tries < 3 ? 'waiting' : 'done');
    assert.equal(outbox.unsent(), tries < 3 ? 1 : 0);
    outbox.tryNow(outbox.outbox.value[0].key);
  }
  assert.equal(new Set(of('/v1/cases').map((one) => one.key)).size, 1);
  answers = [told(422, 'validation_failed')];
  outbox.post({}, '', {});
  await settled();
  assert.equal(outbox.outbox.value[1].state, 'refused');
  assert.equal(session.unsentHere(), 1, 'what is refused is not sent either');
});

test('the end of an unused session hides what is unsent, and the same user sends it', async () => {
  let answer = () => broken();
  await signIn('a', () => answer());
  outbox.post({ host_country: 'KHM' }, 'Ratna', {});
  drafts.keep('walk-in', { given: 'Melati' });
  await settled();
  session.signOut('idle');
  await settled();
  assert.deepEqual([session.me.value, outbox.outbox.value.length, drafts.draft('walk-in'), session.unsentHere()], [null, 0, undefined, 2]);
  const before = of('/v1/cases').length;
  outbox.tryNow(of('/v1/cases')[0].key);
  await settled();
  assert.equal(of('/v1/cases').length, before, 'nobody is signed in: nothing is sent');
  answer = () => made;
  await signIn('a', () => answer());
  await settled();
  assert.deepEqual([outbox.outbox.value[0].state, drafts.draft('walk-in'), session.lost.value], ['done', { given: 'Melati' }, 0]);
  assert.equal(new Set(of('/v1/cases').map((one) => one.key)).size, 1);
});

test('somebody else neither sees nor sends what was not sent, and is told how much is lost', async () => {
  await signIn('a', broken);
  outbox.post({ host_country: 'KHM' }, 'Ratna', {});
  drafts.keep('walk-in', { given: 'Melati' });
  await settled();
  session.signOut('idle');
  await settled();
  asked.length = 0;
  await signIn('b', () => made);
  await settled();
  assert.deepEqual([session.lost.value, outbox.outbox.value, drafts.draft('walk-in'), session.unsentHere(), of('/v1/cases').length], [2, [], undefined, 0, 0]);
});

test('somebody else who signs in over a page finds it empty', async () => {
  await signIn('a', broken);
  outbox.post({ host_country: 'KHM' }, 'Ratna', {});
  drafts.keep('case 1', { mine: { given: 'Melati' } });
  await settled();
  await signIn('b', () => made);
  await settled();
  assert.deepEqual([session.me.value.user_id, drafts.draft('case 1'), outbox.outbox.value, session.lost.value], ['b', undefined, [], 2]);
});

test('a tab that was not asked keeps its work when another tab signs out; one that agreed does not', async () => {
  await signIn('a', broken);
  outbox.post({}, '', {});
  await settled();
  hear({ kind: 'ask', id: '1' });
  const answer = said().find((word) => word.kind === 'unsent');
  assert.equal(answer.count, 1);
  hear({ kind: 'out', why: null, agreed: [] });
  assert.deepEqual([session.me.value, session.unsentHere()], [null, 1]);
  await signIn('a', broken);
  hear({ kind: 'out', why: null, agreed: [answer.tab] });
  assert.deepEqual([session.me.value, session.unsentHere()], [null, 0]);
});

test('somebody else who signs in in another tab empties this one', async () => {
  await signIn('a');
  hear({ kind: 'in', user: 'a' });
  assert.equal(session.me.value.user_id, 'a');
  hear({ kind: 'in', user: 'b' });
  assert.deepEqual([session.me.value, session.ended.value, tokens.access()], [null, 'elsewhere', null]);
  await signIn('b');
  assert.deepEqual(said().at(-1), { kind: 'in', user: 'b' });
});

test('a request that comes late is nobody else\'s', async () => {
  const held = new Map();
  await signIn('a', ({ path }) => new Promise((done) => held.set(path, done)));
  const late = ['1', '2'].map((id) => assert.rejects(sending.send(operations.get_case, { path: { id } }), problem.SignedOut));
  const posted = assert.rejects(sending.send(operations.create_case, { body: {} }), problem.SignedOut);
  await settled();
  session.wipe();
  await signIn('b', () => new Promise(() => undefined));
  held.get('/v1/cases/1')({ status: 200, body: { code: 'KHM-1' } });
  held.get('/v1/cases/2')(told(404, 'not_found'));
  held.get('/v1/cases')(told(401, 'unauthenticated'));
  await Promise.all([...late, posted]);
  assert.equal(of('/v1/cases').length, 1, 'it is not sent again as the next user');
  assert.equal(session.asked.value, null, 'nor is the next user asked for a password');
  await assert.rejects(sending.send(operations.create_case, { body: {}, as: 'a' }), problem.SignedOut);
  session.wipe();
  asked.length = 0;
  await assert.rejects(sending.send(operations.get_case, { path: { id: '1' } }), problem.SignedOut);
  assert.equal(asked.length, 0);
});

test('what is tried again after a token ran out goes under the same key', async () => {
  const answers = [told(401, 'unauthenticated'), made];
  await signIn('a', () => answers.shift());
  await sending.send(operations.create_case, { body: {} });
  const keys = of('/v1/cases').map((one) => one.key);
  assert.ok(keys.length === 2 && keys[0] && keys[0] === keys[1], `${keys}`);
});

test('a sign-out empties the page first, and without a line a reload ends the session', async () => {
  await signIn('a');
  const token = `Bearer ${tokens.access()}`;
  asked.length = 0;
  respond = broken;
  session.signOut();
  assert.deepEqual([session.me.value, tokens.access()], [null, null], 'before any answer');
  assert.equal(said().at(-1).kind, 'out');
  await settled();
  assert.equal(of('/v1/auth/logout')[0].token, token);
  assert.deepEqual([...kept.keys()].filter((key) => key !== 'homeward.salt'), ['homeward.leaving'], 'nothing of anybody');
  asked.length = 0;
  respond = server('a');
  assert.equal(await session.resume(), false, 'a reload does not go on');
  await settled();
  assert.deepEqual(asked.map((one) => one.path), ['/v1/auth/refresh', '/v1/auth/logout']);
  assert.deepEqual([session.me.value, kept.has('homeward.leaving')], [null, false]);
  assert.equal(await session.resume(), true, 'the mark is gone, and with it the session that it meant');
});

test('the end of one session does not take that of the next', async () => {
  await signIn('a');
  respond = async (request) => (request.path === '/v1/auth/logout' && asked.length === 1 ? told(401, 'unauthenticated') : server('b')(request));
  asked.length = 0;
  session.signOut();
  await settled();
  assert.equal(of('/v1/auth/logout').length, 1, 'the cookie is of somebody else by now');
  assert.ok(!kept.has('homeward.leaving'));
});

test('keys prolong the session at the server, once a minute', async () => {
  const { now } = Date;
  await signIn('a');
  let later = 1000;
  Date.now = () => now() + later;
  try {
    const prolonged = async (milliseconds) => {
      later = milliseconds;
      asked.length = 0;
      idle.begin();
      await settled();
      return of('/v1/auth/refresh').length;
    };
    assert.deepEqual([await prolonged(30_000), await prolonged(61_000), await prolonged(62_000), await prolonged(130_000)], [0, 1, 0, 1]);
  } finally {
    Date.now = now;
  }
});

test('a table is saved byte for byte, with the mark by which a spreadsheet knows its letters', async () => {
  const table = '\ufeff"name","count"\r\n"\'=1+1","-5"\r\n';
  await signIn('a', () => ({ status: 200, body: table }));
  const saved = [];
  const { createObjectURL } = URL;
  Object.assign(URL, { createObjectURL: (file) => saved.push(file) && 'blob:1' });
  globalThis.document = { createElement: () => ({ click() {} }) };
  try {
    saving.saveFile('funnel.csv', await tables.sendTable(operations.get_funnel_csv));
  } finally {
    Object.assign(URL, { createObjectURL });
    delete globalThis.document;
  }
  assert.deepEqual([...new Uint8Array(await saved[0].arrayBuffer())], [...new TextEncoder().encode(table)]);
});

test('what was sent and not answered is sent again, word for word, and nothing else before there is an answer', async () => {
  await signIn('a');
  const [keys, went, held] = [{}, [], []];
  const press = (body, answer) => making.once(keys, body, async (written, key) => {
    went.push([written, key]);
    return answer();
  }, () => held.push({ ...keys }));
  await assert.rejects(press({ name: 'Ratna' }, () => { throw new problem.NoAnswer(); }));
  assert.ok(making.isSent(keys), 'its form is frozen');
  assert.deepEqual([held.length, held.every((one) => one['{"name":"Ratna"}'] === went[0][1])], [2, true], 'it is kept with its key before it is sent');
  await assert.rejects(press({ name: 'Ratna S.' }, () => { throw new problem.Refused(503, { code: 'unavailable' }, 0); }));
  assert.equal(await press({ name: 'Ratna S.' }, () => 'made'), 'made');
  assert.deepEqual(went.map(([body]) => body.name), ['Ratna', 'Ratna', 'Ratna'], 'a word that was changed between two tries makes nothing twice');
  assert.equal(new Set(went.map(([, key]) => key)).size, 1);
  assert.ok(!making.isSent(keys));
  await press({ name: 'Ratna' }, () => 'made');
  assert.notEqual(went[3][1], went[0][1], 'after an answer the same is another request');
});

test('what was refused, or was never sent, is not frozen', async () => {
  await signIn('a');
  const keys = {};
  const held = [];
  const press = (why) => assert.rejects(making.once(keys, { a: 1 }, async () => { throw why; }, () => held.push(making.isSent(keys))));
  await press(new problem.Refused(422, { code: 'validation' }, 0));
  await press(new problem.SignedOut());
  assert.deepEqual([making.isSent(keys), held], [false, [true, false, true, false]], 'nor after a reload');
  await press(new problem.NoAnswer());
  await press(new problem.SignedOut());
  assert.ok(making.isSent(keys), 'what was sent before stays so');
});

test('whoever signed in meanwhile keeps nothing of what another one sent', async () => {
  await signIn('a');
  const held = [];
  await assert.rejects(making.once({}, { a: 1 }, async () => {
    session.signOut();
    await signIn('b');
    throw new problem.SignedOut();
  }, () => held.push(1)));
  assert.equal(held.length, 1);
});
