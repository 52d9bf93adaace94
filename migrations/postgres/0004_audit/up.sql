-- Who did what to which case. No personal data.
CREATE TABLE audit_entries (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recorded_at TIMESTAMPTZ NOT NULL,
    user_id UUID,
    organisation_id UUID NOT NULL,
    session_id UUID,
    operation TEXT NOT NULL,
    decision TEXT NOT NULL,
    subject_ids BYTEA NOT NULL,
    compartments INTEGER NOT NULL,
    request_id UUID NOT NULL,
    old_version BIGINT,
    new_version BIGINT,
    reason TEXT
);

-- The answers to creating requests, so that a repeated request creates nothing new. Bodies are sealed.
CREATE TABLE idempotency_keys (
    user_id UUID NOT NULL,
    key TEXT NOT NULL,
    operation TEXT NOT NULL,
    body_hash BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    case_id UUID,
    status INTEGER NOT NULL,
    location TEXT,
    etag TEXT,
    sealed_body BYTEA NOT NULL,
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
CREATE INDEX idempotency_keys_by_case ON idempotency_keys (case_id);
