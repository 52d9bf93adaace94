-- When the user of a session last proved who they are.
ALTER TABLE sessions ADD COLUMN authenticated_at TIMESTAMPTZ NOT NULL DEFAULT '1970-01-01Z';
UPDATE sessions SET authenticated_at = created_at;

-- The second factor of an account: the seed in use, and one that is being enrolled. Both sealed.
CREATE TABLE second_factors (
    user_id UUID PRIMARY KEY NOT NULL REFERENCES users (id),
    sealed_seed BYTEA,
    confirmed_at TIMESTAMPTZ,
    last_step BIGINT NOT NULL,
    sealed_pending_seed BYTEA,
    pending_since TIMESTAMPTZ
);

-- Codes for a lost second factor: hashes, one row a code that can still be used.
CREATE TABLE recovery_codes (
    code_hash BYTEA PRIMARY KEY NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX recovery_codes_by_user ON recovery_codes (user_id);

-- One-time codes with which a user sets a password; at most one a user.
CREATE TABLE password_resets (
    user_id UUID PRIMARY KEY NOT NULL REFERENCES users (id),
    code_hash BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

-- Who accepted which version of the code of conduct. Kept for ever.
CREATE TABLE conduct_acceptances (
    user_id UUID NOT NULL REFERENCES users (id),
    version TEXT NOT NULL,
    accepted_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (user_id, version)
);
