-- When the user of a session last proved who they are.
ALTER TABLE sessions ADD COLUMN authenticated_at TIMESTAMPTZ NOT NULL DEFAULT '1970-01-01Z';
UPDATE sessions SET authenticated_at = created_at;
