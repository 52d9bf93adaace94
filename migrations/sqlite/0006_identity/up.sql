-- When the user of a session last proved who they are.
ALTER TABLE sessions ADD COLUMN authenticated_at INTEGER NOT NULL DEFAULT 0;
UPDATE sessions SET authenticated_at = created_at;

-- The second factor of an account: the seed in use, and one that is being enrolled. Both sealed.
CREATE TABLE second_factors (
    user_id BLOB PRIMARY KEY NOT NULL REFERENCES users (id),
    sealed_seed BLOB,
    confirmed_at INTEGER,
    last_step INTEGER NOT NULL,
    sealed_pending_seed BLOB,
    pending_since INTEGER
) STRICT;

-- Codes for a lost second factor: hashes, one row a code that can still be used.
CREATE TABLE recovery_codes (
    code_hash BLOB PRIMARY KEY NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX recovery_codes_by_user ON recovery_codes (user_id);

-- One-time codes with which a user sets a password; at most one a user.
CREATE TABLE password_resets (
    user_id BLOB PRIMARY KEY NOT NULL REFERENCES users (id),
    code_hash BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

-- Who accepted which version of the code of conduct. Kept for ever.
CREATE TABLE conduct_acceptances (
    user_id BLOB NOT NULL REFERENCES users (id),
    version TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, version)
) STRICT;
