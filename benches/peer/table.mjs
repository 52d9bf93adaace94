// The peer's own table, and the JSON of its rows: the same members as Homeward's, in the clear.

export const LISTED = [
  'id', 'code', 'person_id', 'name', 'owner_id', 'assigned_to', 'status', 'host_country', 'nationality_claimed',
  'further_nationalities', 'nationality_verified', 'gender', 'is_child', 'risk_level', 'compound_id', 'operation_id', 'stage',
  'side_state', 'redacted', 'created_at', 'updated_at', 'version',
]

export const COLUMNS = [
  'id', 'code', 'person_id', 'previous_case_id', 'registered_on', 'owner_id', 'assigned_to', 'status', 'closure_reason', 'closed_on',
  'intake_channel', 'exit_mode', 'exited_on', 'host_country', 'nationality_claimed', 'further_nationalities', 'nationality_verified',
  'gender', 'is_child', 'risk_level', 'trafficking_status', 'immigration_status', 'screening_skipped', 'compound_id', 'operation_id',
  'stage', 'side_state', 'stage_since', 'identity', 'contact', 'location', 'health', 'narrative', 'protection', 'redacted',
  'created_at', 'updated_at', 'version',
]

/** The table. Its name is its own: it may lie in a database that holds other things. */
export const CREATE = `
CREATE TABLE peer_cases (
  id uuid PRIMARY KEY,
  code text NOT NULL,
  person_id uuid NOT NULL,
  previous_case_id uuid,
  registered_on date NOT NULL,
  owner_id uuid NOT NULL,
  assigned_to uuid,
  status text NOT NULL,
  closure_reason text,
  closed_on date,
  intake_channel text NOT NULL,
  exit_mode text,
  exited_on text,
  host_country text NOT NULL,
  nationality_claimed text,
  further_nationalities text[] NOT NULL,
  nationality_verified text,
  gender text NOT NULL,
  is_child boolean,
  risk_level text NOT NULL,
  trafficking_status text NOT NULL,
  immigration_status text NOT NULL,
  screening_skipped text,
  compound_id uuid,
  operation_id uuid,
  stage text NOT NULL,
  side_state text,
  stage_since date NOT NULL,
  identity jsonb NOT NULL,
  contact jsonb NOT NULL,
  location jsonb NOT NULL,
  health jsonb NOT NULL,
  narrative jsonb NOT NULL,
  protection jsonb NOT NULL,
  redacted text[] NOT NULL,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  version integer NOT NULL
)`

/** What the four routes ask for: a page of a nationality in its order, and counts that need not touch the table. */
export const INDEXES = [
  'CREATE UNIQUE INDEX peer_cases_code ON peer_cases (code)',
  'CREATE INDEX peer_cases_newest ON peer_cases (created_at DESC, id DESC)',
  'CREATE INDEX peer_cases_nationality ON peer_cases (nationality_claimed, created_at DESC, id DESC)',
  'CREATE INDEX peer_cases_counts ON peer_cases (nationality_claimed, stage)',
]

const text = { type: 'string' }
const nullable = { type: 'string', nullable: true }
const texts = { type: 'array', items: text }
// The compartments go out as they lie there: JSON that was checked when it came in.
const any = { type: 'object', additionalProperties: true }

const TYPES = {
  id: text, code: text, person_id: text, previous_case_id: nullable, registered_on: text, owner_id: text, assigned_to: nullable, name: nullable,
  status: text, closure_reason: nullable, closed_on: nullable, intake_channel: text, exit_mode: nullable, exited_on: nullable,
  host_country: text, nationality_claimed: nullable, further_nationalities: texts, nationality_verified: nullable, gender: text,
  is_child: { type: 'boolean', nullable: true }, risk_level: text, trafficking_status: text, immigration_status: text,
  screening_skipped: nullable, compound_id: nullable, operation_id: nullable, stage: text, side_state: nullable, stage_since: text,
  identity: any, contact: any, location: any, health: any, narrative: any, protection: any, redacted: texts, created_at: text,
  updated_at: text, version: { type: 'integer' },
}

/** The schema of an answer with these members: Fastify makes a serialiser of it once. */
export const answer = (members) => ({ type: 'object', properties: Object.fromEntries(members.map((member) => [member, TYPES[member]])) })
