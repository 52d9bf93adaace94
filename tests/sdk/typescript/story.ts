// What a program does with the generated TypeScript client, from the first sign-in to the last refusal.
//
// `tests/sdk/run typescript` runs it against a real server. The argument names the file that says where everything is.

import assert from 'node:assert/strict'
import { createHash, createHmac, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import * as homeward from '@homeward/client'
import { createClient, createConfig } from '@homeward/client/client'

const world = JSON.parse(readFileSync(process.argv[2]!, 'utf8'))

// region: retries
/**
 * Repeats a request whose answer was lost, or that was asked to come later. Safe, because each creation carries an
 * Idempotency-Key and each change an If-Match. Waits as long as `Retry-After` says.
 */
const patient: typeof fetch = async (input, init) => {
  const request = new Request(input, init)
  for (let tries = 1; ; tries++) {
    const answer = await fetch(request.clone()).catch((lost: unknown) => {
      if (tries === 5) throw lost
    })
    if (answer && (tries === 5 || ![429, 503].includes(answer.status))) return answer
    await sleep(1000 * Number(answer?.headers.get('retry-after') ?? 0.2 * 2 ** tries))
  }
}
// endregion

/** One client for each server and user. */
const client = (baseUrl: string, accessToken?: string, settings: { fetch?: typeof fetch } = {}) =>
  createClient(createConfig({ baseUrl, auth: accessToken, ...settings }))

/** What a call answers, or an exception. */
async function answer<T>(call: Promise<{ data?: T; error?: unknown }>): Promise<NonNullable<T>> {
  const { data, error } = await call
  if (data === undefined || data === null) throw error
  return data
}

// region: problem
/** The problem with which a call is refused, typed. */
async function problem(
  call: Promise<{ error?: homeward.Problem | homeward.TokenError; response?: Response }>,
): Promise<homeward.Problem> {
  const { error, response } = await call
  assert(error && 'instance' in error && response, 'was not refused')
  assert.equal(error.status, response.status)
  // What to tell whoever looks into it: in the body and in the header alike.
  assert.equal(error.instance, `urn:uuid:${response.headers.get('x-request-id')}`)
  return error
}
// endregion

/** What an authenticator app shows (RFC 6238), `ahead` steps of thirty seconds from now. */
function authenticator(secret: string, ahead = 0): string {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead))
  const digest = createHmac('sha1', key).update(counter).digest()
  const number = (digest.readUInt32BE(digest[19]! & 15) & 0x7fffffff) % 1_000_000
  return number.toString().padStart(6, '0')
}

const step = (number: number, title: string) => console.log(`typescript ${String(number).padStart(2)} ${title}`)

step(1, 'sign in with a second factor')
// region: sign in
const me: homeward.Credentials = { username: world.username, password: world.password }
const anonymous = client(world.server)
const first = await answer(homeward.login({ client: anonymous, body: me }))
assert(first.must_enrol_second_factor && first.must_accept_code_of_conduct)
const setup = client(world.server, first.access_token)
const { secret } = await answer(homeward.beginSecondFactor({ client: setup }))
const codes = await answer(homeward.confirmSecondFactor({ client: setup, body: { code: authenticator(secret) } }))
assert.equal(codes.recovery_codes.length, 10)
const conduct = await answer(homeward.getCodeOfConduct({ client: setup }))
await homeward.acceptCodeOfConduct({ client: setup, body: { version: conduct.version }, throwOnError: true })
assert.equal((await problem(homeward.login({ client: anonymous, body: me }))).code, 'second_factor_required')
// A code works once. Whoever does not want to wait for the next one may already use it.
const tokens = await answer(homeward.login({ client: anonymous, body: { ...me, code: authenticator(secret, 1) } }))
assert(!tokens.must_enrol_second_factor)
// endregion
const officer = client(world.server, tokens.access_token)

step(2, 'a machine gets a token of its own')
const machineToken = await answer(
  homeward.issueToken({
    client: anonymous,
    body: {
      grant_type: 'client_credentials',
      client_id: world.client_id,
      client_secret: world.client_secret,
      scope: 'case:read',
    },
  }),
)
assert.deepEqual([machineToken.token_type, machineToken.scope], ['Bearer', 'case:read'])
const machine = client(world.server, machineToken.access_token)
assert.equal((await answer(homeward.listCases({ client: machine, query: { limit: 1 } }))).items.length, 1)

step(3, 'register a person once, over a line that drops')
const walkIn: homeward.CreateCase = {
  host_country: 'KHM',
  intake_channel: 'walk_in_embassy',
  nationality_claimed: 'IDN',
  risk_level: 'medium',
  trafficking_status: 'presumed',
  screening_skipped: 'arrived_already_identified',
  identity: { given_name: 'Dewi', family_name: 'Lestari', birth_date: '1999-03', languages: ['id', 'jv'] },
  contact: { phones: [{ number: '+6281200000000', safe: true }], safe_contact_instructions: 'Text only, after 20:00' },
  health: { immediate_needs: 'None' },
}
const key = { 'Idempotency-Key': randomUUID() }
// The server does the work, and its answer is lost; the client asks again with the same key.
const dropping = client(world.dropping_server, tokens.access_token, { fetch: patient })
const registered = await homeward.createCase({ client: dropping, body: walkIn, headers: key, throwOnError: true })
assert.equal(registered.response.headers.get('idempotent-replayed'), 'true')
const person = registered.data
assert.equal((await answer(homeward.createCase({ client: officer, body: walkIn, headers: key }))).id, person.id)
const other = { ...walkIn, nationality_claimed: 'KHM' }
assert.equal((await problem(homeward.createCase({ client: officer, body: other, headers: key }))).code, 'idempotency_key_reused')

step(4, 'page through everybody from one compound')
const seen: string[] = []
let after: string | undefined
do {
  const page = await answer(homeward.listCases({ client: officer, query: { compound: world.compound_id, limit: 200, after } }))
  seen.push(...page.items.map((summary) => summary.id))
  after = page.next ?? undefined
} while (after)
assert.deepEqual([seen.length, new Set(seen).size], [world.people, world.people])

step(5, 'filter')
const inDanger = await answer(
  homeward.listCases({
    client: officer,
    query: { compound: world.compound_id, risk_level: 'high', sort: 'registered', limit: 200 },
  }),
)
assert.deepEqual([inDanger.items.length, inDanger.next], [world.in_danger, null])
assert(inDanger.items.every((summary) => summary.risk_level === 'high'))

step(6, 'change one field, clear another, leave the rest')
// region: patch
const changed = await answer(
  homeward.updateCase({
    client: officer,
    path: { id: person.id },
    headers: { 'If-Match': `"${person.version}"` },
    body: {
      // A value changes, null clears, and what is not named stays: the languages too.
      identity: { given_name: 'Dewi Ayu', family_name: null },
      contact: { safe_contact_instructions: null },
    },
  }),
)
// endregion
assert.deepEqual([changed.identity?.given_name, changed.identity?.family_name ?? null], ['Dewi Ayu', null])
assert.deepEqual([changed.identity?.birth_date, changed.identity?.languages], ['1999-03', ['id', 'jv']])
assert.deepEqual([changed.contact?.safe_contact_instructions ?? null, changed.contact?.phones?.length], [null, 1])

step(7, 'a change that is based on an old version is refused')
const change = (version: number, body: homeward.UpdateCase) =>
  homeward.updateCase({ client: officer, path: { id: person.id }, headers: { 'If-Match': `"${version}"` }, body })
const late = await problem(change(person.version, { risk_level: 'high' }))
assert.deepEqual([late.status, late.code], [412, 'stale_version'])
const current = await answer(change(changed.version, { risk_level: 'high' }))
assert.equal(current.risk_level, 'high')

step(8, 'move the repatriation until something is missing')
const move = (version: number, to: homeward.Target) =>
  homeward.makeTransition({ client: officer, path: { id: person.id }, headers: { 'If-Match': `"${version}"` }, body: { to } })
const moved = await answer(move(current.version, 'screened'))
assert.equal(moved.stage, 'screened')
const missing = await problem(move(moved.version, 'mission_contacted'))
assert.deepEqual([missing.status, missing.code], [409, 'unmet_guards'])
assert.deepEqual(
  missing.unmet?.map((guard) => [guard.guard, guard.resource, guard.field]),
  [['informed_of_rights', 'embassy-contacts', 'informed_of_rights_on']],
)
const road = await answer(homeward.getRepatriation({ client: officer, path: { id: person.id } }))
assert.equal(road.stage, 'screened')

step(9, 'attach a document and fetch it again')
const scan = readFileSync(world.scan)
const announced = await answer(
  homeward.createAttachment({
    client: officer,
    path: { id: person.id },
    headers: { 'Idempotency-Key': randomUUID() },
    body: { kind: 'passport_scan', media_type: 'application/pdf', file_name: 'paspor Dewi.pdf' },
  }),
)
const file = { id: person.id, attachment_id: announced.id }
const stored = await answer(
  homeward.putAttachmentContent({
    client: officer,
    path: file,
    headers: { 'If-Match': `"${announced.version}"` },
    body: new Blob([scan]),
  }),
)
assert.deepEqual([stored.status, stored.sha256], ['stored', createHash('sha256').update(scan).digest('hex')])
const fetched = await answer(homeward.getAttachmentContent({ client: officer, path: file }))
assert(scan.equals(Buffer.from(await fetched.arrayBuffer())))

step(10, 'a value and a field that this client cannot know')
const future = await answer(homeward.getCase({ client: dropping, path: { id: person.id } }))
assert.deepEqual([future.stage, future.risk_level], ['teleported', 'unheard_of'])
assert.equal(future.identity?.given_name, 'Dewi Ayu')

step(11, 'every error is a typed problem')
assert.equal((await problem(homeward.getCase({ client: officer, path: { id: randomUUID() } }))).code, 'not_found')
assert.equal((await problem(homeward.listCases({ client: anonymous }))).code, 'unauthenticated')
assert.equal((await problem(homeward.createCase({ client: machine, body: walkIn }))).code, 'insufficient_scope')
const unborn = { ...walkIn, identity: { given_name: 'Dewi', birth_date: '2999' } }
const invalid = await problem(homeward.createCase({ client: officer, body: unborn }))
assert.equal(invalid.code, 'validation_failed')
assert.deepEqual(
  invalid.errors?.map((violation) => [violation.pointer, violation.code]),
  [['/identity/birth_date', 'date_in_future']],
)

step(12, 'too many requests: wait as long as the server says')
const impatient = client(world.limited_server, machineToken.access_token)
let asked = homeward.listCases({ client: impatient, query: { limit: 1 } })
while (!(await asked).error) asked = homeward.listCases({ client: impatient, query: { limit: 1 } })
const refused = await problem(asked)
assert.deepEqual([refused.status, refused.code], [429, 'too_many_requests'])
const started = Date.now()
const later = client(world.limited_server, machineToken.access_token, { fetch: patient })
await answer(homeward.listCases({ client: later, query: { limit: 1 } }))
console.log(`typescript    waited ${Math.round((Date.now() - started) / 1000)} seconds and was served`)
