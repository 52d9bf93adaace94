-- Who did what to which case. No personal data.
CREATE TABLE audit_entries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    recorded_at INTEGER NOT NULL,
    user_id BLOB,
    organisation_id BLOB NOT NULL,
    session_id BLOB,
    operation TEXT NOT NULL,
    decision TEXT NOT NULL,
    subject_ids BLOB NOT NULL,
    compartments INTEGER NOT NULL,
    request_id BLOB NOT NULL,
    old_version INTEGER,
    new_version INTEGER,
    reason TEXT
) STRICT;

-- The answers to creating requests, so that a repeated request creates nothing new. Bodies are sealed.
CREATE TABLE idempotency_keys (
    user_id BLOB NOT NULL,
    key TEXT NOT NULL,
    operation TEXT NOT NULL,
    body_hash BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    case_id BLOB,
    status INTEGER NOT NULL,
    location TEXT,
    etag TEXT,
    sealed_body BLOB NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
CREATE INDEX idempotency_keys_by_case ON idempotency_keys (case_id);
