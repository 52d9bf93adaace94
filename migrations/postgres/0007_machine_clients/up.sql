-- Systems of organisations that use the interface on credentials of their own.
CREATE TABLE clients (
    id UUID PRIMARY KEY NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    allowed_from TEXT NOT NULL,
    keys TEXT,
    disabled_at TIMESTAMPTZ,
    UNIQUE (organisation_id, name)
);
CREATE INDEX clients_by_created ON clients (created_at, id);

-- Hashes only. An ended secret is deleted; that it was there is in the audit trail.
CREATE TABLE client_secrets (
    id UUID PRIMARY KEY NOT NULL,
    client_id UUID NOT NULL REFERENCES clients (id),
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID,
    key_id TEXT NOT NULL UNIQUE,
    hash BYTEA NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX client_secrets_by_client ON client_secrets (client_id);

-- One row an access token, for the few minutes that it lives. Without its row a token is refused.
CREATE TABLE machine_sessions (
    id UUID PRIMARY KEY NOT NULL,
    client_id UUID NOT NULL REFERENCES clients (id),
    secret_id UUID REFERENCES client_secrets (id),
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    scopes TEXT NOT NULL
);
CREATE INDEX machine_sessions_by_client ON machine_sessions (client_id);
CREATE INDEX machine_sessions_by_secret ON machine_sessions (secret_id);

-- An assertion that was used is refused until it has expired.
CREATE TABLE used_assertions (
    client_id UUID NOT NULL REFERENCES clients (id),
    fingerprint BYTEA NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (client_id, fingerprint)
);

ALTER TABLE audit_entries ADD COLUMN client_id UUID;
