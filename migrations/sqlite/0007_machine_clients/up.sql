-- Systems of organisations that use the interface on credentials of their own.
CREATE TABLE clients (
    id BLOB PRIMARY KEY NOT NULL,
    created_at INTEGER NOT NULL,
    created_by BLOB,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    allowed_from TEXT NOT NULL,
    keys TEXT,
    disabled_at INTEGER,
    UNIQUE (organisation_id, name)
) STRICT;
CREATE INDEX clients_by_created ON clients (created_at, id);

-- Hashes only. An ended secret is deleted; that it was there is in the audit trail.
CREATE TABLE client_secrets (
    id BLOB PRIMARY KEY NOT NULL,
    client_id BLOB NOT NULL REFERENCES clients (id),
    created_at INTEGER NOT NULL,
    created_by BLOB,
    key_id TEXT NOT NULL UNIQUE,
    hash BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX client_secrets_by_client ON client_secrets (client_id);

-- One row an access token, for the few minutes that it lives. Without its row a token is refused.
CREATE TABLE machine_sessions (
    id BLOB PRIMARY KEY NOT NULL,
    client_id BLOB NOT NULL REFERENCES clients (id),
    secret_id BLOB REFERENCES client_secrets (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    scopes TEXT NOT NULL
) STRICT;
CREATE INDEX machine_sessions_by_client ON machine_sessions (client_id);
CREATE INDEX machine_sessions_by_secret ON machine_sessions (secret_id);

-- An assertion that was used is refused until it has expired.
CREATE TABLE used_assertions (
    client_id BLOB NOT NULL REFERENCES clients (id),
    fingerprint BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (client_id, fingerprint)
) STRICT;

ALTER TABLE audit_entries ADD COLUMN client_id BLOB;
