CREATE TABLE organisations (
    id UUID PRIMARY KEY NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    country TEXT NOT NULL,
    coordinates TEXT,
    address TEXT,
    phone TEXT,
    active BOOLEAN NOT NULL
);
CREATE INDEX organisations_by_created ON organisations (created_at, id);
CREATE INDEX organisations_by_coordinates ON organisations (coordinates);

CREATE TABLE missions (
    id UUID PRIMARY KEY NOT NULL REFERENCES organisations (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    sending_state TEXT NOT NULL,
    host_state TEXT NOT NULL,
    city TEXT NOT NULL,
    kind TEXT NOT NULL,
    resident BOOLEAN NOT NULL,
    hotline TEXT,
    desk_email TEXT
);
CREATE INDEX missions_by_created ON missions (created_at, id);

CREATE TABLE mission_coverage (
    id UUID PRIMARY KEY NOT NULL,
    mission_id UUID NOT NULL REFERENCES missions (id),
    nationality TEXT NOT NULL,
    host_country TEXT NOT NULL,
    basis TEXT NOT NULL,
    valid_from DATE,
    valid_to DATE,
    UNIQUE (mission_id, nationality, host_country, basis)
);
CREATE INDEX mission_coverage_by_nationality ON mission_coverage (nationality, host_country, mission_id);

CREATE TABLE users (
    id UUID PRIMARY KEY NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    username TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    must_change_password BOOLEAN NOT NULL,
    disabled_at TIMESTAMPTZ
);
CREATE INDEX users_by_created ON users (created_at, id);
CREATE INDEX users_by_organisation ON users (organisation_id, created_at, id);

CREATE TABLE sessions (
    id UUID PRIMARY KEY NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    refresh_expires_at TIMESTAMPTZ NOT NULL,
    refresh_hash BYTEA NOT NULL UNIQUE,
    previous_hash BYTEA UNIQUE,
    rotated_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ
);
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE signing_keys (
    kid TEXT PRIMARY KEY NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    sealed_seed BYTEA NOT NULL
);

CREATE TABLE login_throttles (
    key BYTEA PRIMARY KEY NOT NULL,
    failures INTEGER NOT NULL,
    last_failure_at TIMESTAMPTZ NOT NULL,
    blocked_until TIMESTAMPTZ NOT NULL
);
