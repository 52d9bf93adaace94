// Fills the peer's table with people like those of benches/fill.rs, in the clear, and gives the planner its statistics.
//
//   DATABASE_URL=postgres://… node fill.mjs 10000
import pg from 'pg'

import { CREATE, INDEXES } from './table.mjs'

const cases = Number(process.argv[2])
if (!Number.isInteger(cases) || cases < 1) throw new Error('say how many cases: node fill.mjs 10000')

const SYLLABLES = "ARRAY['ba','ri','sa','no','ti','mu','ke','la','wi','do','ha','nu','pe','gi','yo','cha','tra','min','son','rat','lek']"
const syllable = (number, divisor) => `(${SYLLABLES})[1 + (${number}) / ${divisor} % 21]`
const name = (number) => `${syllable(number, 1)} || ${syllable(number, 21)} || ${syllable(number, 441)}`
const nationality = "(ARRAY['IDN','CHN','VNM','IDN','PHL','IND','KEN','IDN','BGD','ETH'])[1 + n % 10]"
const birth = "format('19%s-%s-%s', 70 + n % 30, lpad((1 + n % 12)::text, 2, '0'), lpad((1 + n % 28)::text, 2, '0'))"
const uuid = (variant) => `('00000000-0000-4000-${variant}-' || lpad(to_hex(n), 12, '0'))::uuid`

const FILL = `
INSERT INTO peer_cases
SELECT ${uuid('8000')}, format('KHM-26-%s-%s', upper(lpad(to_hex(n), 8, '0')), upper(to_hex(n % 16))), ${uuid('a000')}, NULL,
  current_date, '00000000-0000-4000-9000-000000000001', NULL, 'active', NULL, NULL, 'raid', 'rescued_by_raid', '2026-01', 'KHM',
  ${nationality}, '{}', NULL, CASE WHEN n % 3 = 0 THEN 'feminine' ELSE 'masculine' END, NULL,
  CASE WHEN n % 10 = 0 THEN 'high' ELSE 'medium' END, 'presumed', 'unknown', NULL, NULL, NULL, 'registered', NULL, current_date,
  jsonb_build_object('given_name', ${name('n::bigint * 7919')}, 'middle_name', NULL, 'family_name', ${name('n::bigint * 104729')},
    'original_script_name', NULL, 'aliases', '[]'::jsonb, 'birth_date', ${birth}, 'age_estimate', NULL, 'birth_place', NULL,
    'habitual_residence', NULL, 'languages', '["id","en"]'::jsonb, 'documents', jsonb_build_array(jsonb_build_object('kind', 'passport',
      'number', 'B' || lpad(n::text, 7, '0'), 'issuing_state', ${nationality}, 'issued_on', NULL, 'expires_on', NULL,
      'custody', 'held_by_trafficker', 'custody_since', NULL))),
  jsonb_build_object('phones', jsonb_build_array(jsonb_build_object('number', '+6281' || lpad(n::text, 9, '0'), 'safe', true)),
    'emails', '[]'::jsonb, 'home_address', NULL, 'safe_contact_instructions', 'Text only, after 20:00; the phone is shared'),
  '{"facility":"Shelter 3","address":"Street 271, Phnom Penh","notes":null}',
  '{"immediate_needs":"Needs treatment for a wrist injury; otherwise none","medical_notes":null}',
  jsonb_build_object('exploitation_types', '["forced_criminality"]'::jsonb, 'scam_types', '["romance_investment"]'::jsonb,
    'control_methods', '["debt_bondage","withholds_documents","restricts_movement"]'::jsonb,
    'recruitment_methods', '["through_an_online_advertisement"]'::jsonb, 'months_exploited', n % 24,
    'notes', format('Person %s answered an advertisement for customer service in another city, was driven across the border at night '
      'and told of a debt on arrival. Fourteen hours a day, seven days a week, under a daily target.', n)),
  '{"asylum_claim_open":null,"embassy_refusal_reason":null,"registration_basis":null,"reflection_until":null,"notes":null}', '{}',
  now() - ($1::int - n) * interval '1 millisecond', now() - ($1::int - n) * interval '1 millisecond', 1
FROM generate_series(0, $1::int - 1) AS n`

const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
await client.connect()
const { rows } = await client.query('SHOW synchronous_commit')
if (rows[0].synchronous_commit !== 'on') throw new Error(`synchronous_commit is ${rows[0].synchronous_commit}, and the comparison needs it on`)
await client.query('DROP TABLE IF EXISTS peer_cases')
await client.query(CREATE)
await client.query(FILL, [cases])
for (const index of INDEXES) await client.query(index)
await client.query('VACUUM ANALYZE peer_cases')
await client.end()
console.log(`${cases} cases`)
