-- What is recorded on the road home. One table for all kinds: each is one sealed document, kept for ever.
CREATE TABLE case_records (
    id BLOB PRIMARY KEY NOT NULL,
    case_id BLOB NOT NULL REFERENCES cases (id),
    kind TEXT NOT NULL,
    organisation_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    created_by BLOB,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    lapses_on TEXT,
    compartment TEXT NOT NULL,
    sealed_content BLOB NOT NULL
) STRICT;
CREATE INDEX case_records_by_case ON case_records (case_id, created_at, id);
CREATE INDEX case_records_by_lapse ON case_records (lapses_on) WHERE lapses_on IS NOT NULL;
CREATE UNIQUE INDEX case_records_one_clearance ON case_records (case_id) WHERE kind = 'immigration_clearance';

-- What is to be done, by when and by whom. Follows from the case; only what people add has a note.
CREATE TABLE tasks (
    id BLOB PRIMARY KEY NOT NULL,
    case_id BLOB NOT NULL REFERENCES cases (id),
    organisation_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    assigned_to BLOB REFERENCES users (id),
    due_on TEXT NOT NULL,
    deadline TEXT,
    guard TEXT,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by BLOB,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    sealed_note BLOB
) STRICT;
CREATE INDEX tasks_by_case ON tasks (case_id, status);
CREATE INDEX tasks_by_organisation ON tasks (organisation_id, status, due_on, id);
CREATE INDEX tasks_by_assigned ON tasks (assigned_to, status, due_on, id);

-- What a host country asks for a day of overstay. Amounts in ten-thousandths.
CREATE TABLE fine_rates (
    id BLOB PRIMARY KEY NOT NULL,
    created_at INTEGER NOT NULL,
    country TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    daily_amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    ceiling INTEGER,
    source TEXT,
    UNIQUE (country, valid_from)
) STRICT;
-- USD 10 a day: the Indonesian embassy in Phnom Penh, January 2026.
INSERT INTO fine_rates (id, created_at, country, valid_from, daily_amount, currency, ceiling, source)
VALUES (x'6b1f0f6e0a5b4c0e9d0a2f3c4d5e6f70', 1768780800000000, 'KHM', '2000-01-01', 100000, 'USD', NULL, 'babeindonesia.com/read/6537687');

-- The fine of each case as figures, for sums over many cases. Nothing here says who it is about.
CREATE TABLE fine_ledger (
    case_id BLOB PRIMARY KEY NOT NULL REFERENCES cases (id),
    country TEXT NOT NULL,
    currency TEXT,
    stay_expired_on TEXT,
    counted_until TEXT,
    assessed_by_authority INTEGER,
    waived_percent INTEGER,
    waived_amount INTEGER NOT NULL,
    paid INTEGER NOT NULL,
    waiver_requested INTEGER NOT NULL
) STRICT;

CREATE TABLE movement_batches (
    id BLOB PRIMARY KEY NOT NULL,
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    created_at INTEGER NOT NULL,
    created_by BLOB,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    mode TEXT NOT NULL,
    status TEXT NOT NULL,
    carrier TEXT,
    reference TEXT,
    origin TEXT,
    destination TEXT,
    departs_at INTEGER NOT NULL,
    arrives_at INTEGER NOT NULL,
    departed_at INTEGER,
    capacity INTEGER NOT NULL,
    escort TEXT,
    funding TEXT
) STRICT;
CREATE INDEX movement_batches_by_organisation ON movement_batches (organisation_id, departs_at, id);

CREATE TABLE movement_batch_members (
    batch_id BLOB NOT NULL REFERENCES movement_batches (id),
    case_id BLOB NOT NULL REFERENCES cases (id),
    record_id BLOB NOT NULL REFERENCES case_records (id),
    added_at INTEGER NOT NULL,
    PRIMARY KEY (batch_id, case_id)
) STRICT;
CREATE INDEX movement_batch_members_by_case ON movement_batch_members (case_id);
CREATE INDEX movement_batch_members_by_record ON movement_batch_members (record_id);

-- Since when a case stands where it stands.
ALTER TABLE cases ADD COLUMN stage_since TEXT NOT NULL DEFAULT '1970-01-01';
UPDATE cases SET stage_since = COALESCE(
    (SELECT date(MAX(moved_at) / 1000000, 'unixepoch') FROM repatriation_transitions WHERE case_id = cases.id), registered_on);

-- Copies that the funnel counts by. Zero: the process has not looked at the case yet, and does by itself.
ALTER TABLE case_grants ADD COLUMN cohort TEXT NOT NULL DEFAULT '';
ALTER TABLE case_grants ADD COLUMN mission_id BLOB;
ALTER TABLE case_grants ADD COLUMN milestones INTEGER NOT NULL DEFAULT 0;
UPDATE case_grants SET cohort = (SELECT substr(registered_on, 1, 7) FROM cases WHERE id = case_id);
UPDATE case_grants SET mission_id = organisation_id WHERE organisation_id IN (SELECT id FROM missions);
CREATE INDEX case_grants_by_funnel ON case_grants (organisation_id, is_primary, cohort, mission_id, milestones, expires_at);
CREATE INDEX case_grants_unfollowed ON case_grants (case_id) WHERE milestones = 0;

-- How long a case stood at the stage that a move left, in days.
ALTER TABLE repatriation_transitions ADD COLUMN days_at_stage INTEGER;
