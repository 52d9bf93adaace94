-- A creating request that was carried out is remembered by the ids of what it made, and its answer is read anew when it is repeated. The
-- stored answers go, with the addresses in them: they told what their reader may no longer see, and outlived the erasure of a person.
-- A new table and not fewer columns: Postgres leaves the bytes of a dropped column in its rows. What was made and then erased keeps
-- its key alone, without a hash, so that a late repetition does not make it again.
CREATE TABLE idempotency_references (
    user_id BLOB NOT NULL,
    key TEXT NOT NULL,
    operation TEXT NOT NULL,
    body_hash BLOB,
    created_at INTEGER NOT NULL,
    case_id BLOB,
    resource_ids BLOB,
    PRIMARY KEY (user_id, key)
) STRICT;
INSERT INTO idempotency_references (user_id, key, operation, body_hash, created_at, case_id)
    SELECT user_id, key, operation, body_hash, created_at, case_id FROM idempotency_keys;
DROP TABLE idempotency_keys;
ALTER TABLE idempotency_references RENAME TO idempotency_keys;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
CREATE INDEX idempotency_keys_by_case ON idempotency_keys (case_id);
