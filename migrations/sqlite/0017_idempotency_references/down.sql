-- There are no answers to put back. A request that is repeated is refused, since an empty answer does not open; it creates nothing.
CREATE TABLE idempotency_answers (
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
INSERT INTO idempotency_answers (user_id, key, operation, body_hash, created_at, case_id, status, sealed_body)
    SELECT user_id, key, operation, coalesce(body_hash, X''), created_at, case_id, 201, X'' FROM idempotency_keys;
DROP TABLE idempotency_keys;
ALTER TABLE idempotency_answers RENAME TO idempotency_keys;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
CREATE INDEX idempotency_keys_by_case ON idempotency_keys (case_id);
