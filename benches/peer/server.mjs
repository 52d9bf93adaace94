// The peer: what a good engineer writes by hand in Node for the same four requests. Fastify with a schema on every route, so that
// bodies are checked and answers are serialised by compiled code; node-postgres with named statements, which the server prepares once
// a connection; one process a core. It signs nobody in, keeps no audit trail and encrypts nothing.
//
//   DATABASE_URL=postgres://… PEER_PORT=8081 node server.mjs        after fill.mjs
import cluster from 'node:cluster'
import { randomInt, randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'

import Fastify from 'fastify'
import pg from 'pg'

import { COLUMNS, LISTED, answer } from './table.mjs'

const port = Number(process.env.PEER_PORT ?? 8081)
const workers = Number(process.env.PEER_WORKERS ?? availableParallelism())
// Each process has a pool of its own: enough that writers share a flush of the log of Postgres, few enough that two cores do not choke.
const connections = Number(process.env.PEER_CONNECTIONS ?? 16)

// A day is a day, not an instant.
pg.types.setTypeParser(pg.types.builtins.DATE, (day) => day)

const ALL = COLUMNS.join(', ')
const PAGE = LISTED.map((member) => (member === 'name' ? "concat_ws(' ', identity->>'given_name', identity->>'family_name') AS name" : member)).join(', ')
const INSERTED = COLUMNS.filter((column) => !['registered_on', 'stage_since', 'created_at', 'updated_at'].includes(column))

const statements = {
  get: { name: 'get', text: `SELECT ${ALL} FROM peer_cases WHERE id = $1` },
  list: { name: 'list', text: `SELECT ${PAGE} FROM peer_cases ORDER BY created_at DESC, id DESC LIMIT $1` },
  listAfter: { name: 'listAfter', text: `SELECT ${PAGE} FROM peer_cases WHERE (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $1` },
  nationality: {
    name: 'nationality',
    text: `SELECT ${PAGE} FROM peer_cases WHERE nationality_claimed = $2 ORDER BY created_at DESC, id DESC LIMIT $1`,
  },
  nationalityAfter: {
    name: 'nationalityAfter',
    text: `SELECT ${PAGE} FROM peer_cases WHERE nationality_claimed = $2 AND (created_at, id) < ($3, $4) ORDER BY created_at DESC, id DESC LIMIT $1`,
  },
  counts: {
    name: 'counts',
    text: `SELECT nationality_claimed AS nationality, stage, count(*)::int AS count FROM peer_cases GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2`,
  },
  insert: {
    name: 'insert',
    text: `INSERT INTO peer_cases (${INSERTED.join(', ')}, registered_on, stage_since, created_at, updated_at)
      VALUES (${INSERTED.map((_, at) => `$${at + 1}`).join(', ')}, current_date, current_date, now(), now()) RETURNING ${ALL}`,
  },
}

const nullable = { type: 'string', maxLength: 300, nullable: true }
const part = { type: 'object', additionalProperties: true, default: {} }
const country = { type: 'string', pattern: '^[A-Z]{3}$' }
const newCase = {
  type: 'object',
  required: ['host_country', 'intake_channel', 'identity'],
  additionalProperties: false,
  properties: {
    host_country: country,
    intake_channel: { enum: ['raid', 'walk_in_embassy', 'walk_in_ngo', 'hotline', 'referral', 'other'] },
    nationality_claimed: { ...country, nullable: true },
    gender: { enum: ['feminine', 'masculine', 'other', 'unknown'], default: 'unknown' },
    risk_level: { enum: ['low', 'medium', 'high', 'critical'], default: 'medium' },
    exit_mode: nullable,
    exited_on: { type: 'string', pattern: '^\\d{4}(-\\d{2}(-\\d{2})?)?$', nullable: true },
    trafficking_status: { enum: ['possible', 'presumed', 'confirmed', 'excluded'], default: 'possible' },
    screening_skipped: nullable,
    identity: {
      type: 'object',
      properties: { given_name: nullable, family_name: nullable, birth_date: nullable, languages: { type: 'array', items: { type: 'string', maxLength: 35 } } },
      additionalProperties: true,
    },
    contact: part,
    location: part,
    health: part,
    narrative: part,
  },
}
const page = {
  type: 'object',
  properties: { items: { type: 'array', items: answer(LISTED) }, next: { type: 'string', nullable: true } },
}
const asked = { type: 'object', properties: { nationality: country, limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 }, after: { type: 'string', maxLength: 200 } } }
const counted = {
  type: 'object',
  properties: {
    items: { type: 'array', items: { type: 'object', properties: { nationality: { type: 'string', nullable: true }, stage: { type: 'string' }, count: { type: 'integer' } } } },
    total: { type: 'integer' },
  },
}
const oneId = { type: 'object', properties: { id: { type: 'string', format: 'uuid' } } }

const OWNER = '00000000-0000-4000-9000-000000000001'
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const letters = (count) => Array.from({ length: count }, () => LETTERS[randomInt(32)]).join('')

function valuesOf(body) {
  const row = {
    ...body,
    id: randomUUID(),
    code: `${body.host_country}-26-${letters(8)}-${letters(1)}`,
    person_id: randomUUID(),
    owner_id: OWNER,
    status: 'active',
    further_nationalities: [],
    immigration_status: 'unknown',
    stage: 'registered',
    protection: {},
    redacted: [],
    version: 1,
  }
  return INSERTED.map((column) => row[column] ?? null)
}

const cursorOf = (row) => Buffer.from(`${row.created_at.toISOString()} ${row.id}`).toString('base64url')
const read = (cursor) => Buffer.from(cursor, 'base64url').toString().split(' ')

function routes(app, pool) {
  const ask = (statement, values) => pool.query({ ...statement, values })

  app.get('/v1/cases/:id', { schema: { params: oneId, response: { 200: answer(COLUMNS) } } }, async (request, reply) => {
    const { rows } = await ask(statements.get, [request.params.id])
    return rows[0] ?? reply.code(404).send({ title: 'There is no such case' })
  })

  app.get('/v1/cases', { schema: { querystring: asked, response: { 200: page } } }, async (request) => {
    const { nationality, limit, after } = request.query
    const values = [limit + 1, ...(nationality ? [nationality] : []), ...(after ? read(after) : [])]
    const filtered = after ? statements.nationalityAfter : statements.nationality
    const unfiltered = after ? statements.listAfter : statements.list
    const { rows } = await ask(nationality ? filtered : unfiltered, values)
    const items = rows.slice(0, limit)
    return { items, next: rows.length > limit ? cursorOf(items.at(-1)) : null }
  })

  app.post('/v1/cases', { schema: { body: newCase, response: { 201: answer(COLUMNS) } } }, async (request, reply) => {
    // Answered after COMMIT, which waits for the disk: synchronous_commit is on.
    const { rows } = await ask(statements.insert, valuesOf(request.body))
    return reply.code(201).header('Location', `/v1/cases/${rows[0].id}`).send(rows[0])
  })

  const byBoth = { type: 'object', required: ['by'], properties: { by: { const: 'nationality,stage' } } }
  app.get('/v1/statistics/cases', { schema: { querystring: byBoth, response: { 200: counted } } }, async () => {
    const { rows } = await ask(statements.counts, [])
    return { items: rows, total: rows.reduce((sum, row) => sum + row.count, 0) }
  })
}

async function serve() {
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: connections, options: '-c synchronous_commit=on' })
  // A connection that breaks while nobody uses it is replaced by the next request.
  pool.on('error', (error) => console.error(error.message))
  const app = Fastify({ logger: false, keepAliveTimeout: 75_000 })
  routes(app, pool)
  await app.listen({ host: '127.0.0.1', port })
}

if (cluster.isPrimary && workers > 1) {
  for (let worker = 0; worker < workers; worker += 1) cluster.fork()
  let listening = 0
  cluster.on('listening', () => {
    listening += 1
    if (listening === workers) console.log('listening')
  })
  cluster.on('exit', (_worker, code) => process.exit(code || 1))
} else {
  await serve()
  if (cluster.isPrimary) console.log('listening')
}
// The benchmark holds our standard input: when it ends, for whatever reason, so does this process.
if (cluster.isPrimary) process.stdin.on('end', () => process.exit(0)).resume()
