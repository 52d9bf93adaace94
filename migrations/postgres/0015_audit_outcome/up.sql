-- How a request ended: the code of its problem or `ok`, and the status of its answer. Entries from before know only the decision.
ALTER TABLE audit_entries ADD COLUMN code TEXT NOT NULL DEFAULT 'ok';
UPDATE audit_entries SET code = decision WHERE decision <> 'allowed';
ALTER TABLE audit_entries ADD COLUMN status INTEGER NOT NULL DEFAULT 0;
-- Of a failed sign-in: a keyed hash of the name that was tried.
ALTER TABLE audit_entries ADD COLUMN name_tried BYTEA;
-- How often it happened: what is refused again and again within a minute is one entry.
ALTER TABLE audit_entries ADD COLUMN occurrences INTEGER NOT NULL DEFAULT 1;

-- The place of the entry in the sealed trail; null until it is sealed.
ALTER TABLE audit_entries ADD COLUMN position BIGINT;
CREATE UNIQUE INDEX audit_entries_by_position ON audit_entries (position);
CREATE INDEX audit_entries_to_seal ON audit_entries (seq) WHERE position IS NULL;

-- Which sealed entries are about what.
CREATE TABLE audit_subjects (
    subject_id BYTEA NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (subject_id, position)
);

-- The key that signs checkpoints: one row.
CREATE TABLE audit_keys (
    id INTEGER PRIMARY KEY NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    public_key BYTEA NOT NULL,
    sealed_seed BYTEA NOT NULL
);

-- The seals of the trail: after each batch its size, the root of the hash tree, and both in a signed note. Rows are only added.
CREATE TABLE audit_checkpoints (
    size BIGINT PRIMARY KEY NOT NULL,
    sealed_at TIMESTAMPTZ NOT NULL,
    root BYTEA NOT NULL,
    leaves BYTEA NOT NULL,
    edge BYTEA NOT NULL,
    note TEXT NOT NULL
);

-- Refusals of requests without a valid token, counted by the hour. They are no entries: nobody may fill the audit trail from outside.
CREATE TABLE anonymous_refusals (
    hour TIMESTAMPTZ NOT NULL,
    operation TEXT NOT NULL,
    code TEXT NOT NULL,
    occurrences BIGINT NOT NULL,
    PRIMARY KEY (hour, operation, code)
);

-- What those who answer for data protection are told: something about access that is odd. Ids alone, and never the reason.
CREATE TABLE data_protection_events (
    id UUID PRIMARY KEY NOT NULL,
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    kind TEXT NOT NULL,
    -- Whose acts are odd, where that is known.
    user_id UUID,
    case_id UUID,
    happened_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX data_protection_events_by_organisation ON data_protection_events (organisation_id, happened_at, id);
