CREATE TABLE organisations (
    id BLOB PRIMARY KEY NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    country TEXT NOT NULL,
    coordinates TEXT,
    address TEXT,
    phone TEXT,
    active INTEGER NOT NULL
) STRICT;
CREATE INDEX organisations_by_created ON organisations (created_at, id);
CREATE INDEX organisations_by_coordinates ON organisations (coordinates);

CREATE TABLE missions (
    id BLOB PRIMARY KEY NOT NULL REFERENCES organisations (id),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    sending_state TEXT NOT NULL,
    host_state TEXT NOT NULL,
    city TEXT NOT NULL,
    kind TEXT NOT NULL,
    resident INTEGER NOT NULL,
    hotline TEXT,
    desk_email TEXT
) STRICT;
CREATE INDEX missions_by_created ON missions (created_at, id);

CREATE TABLE mission_coverage (
    id BLOB PRIMARY KEY NOT NULL,
    mission_id BLOB NOT NULL REFERENCES missions (id),
    nationality TEXT NOT NULL,
    host_country TEXT NOT NULL,
    basis TEXT NOT NULL,
    valid_from TEXT,
    valid_to TEXT,
    UNIQUE (mission_id, nationality, host_country, basis)
) STRICT;
CREATE INDEX mission_coverage_by_nationality ON mission_coverage (nationality, host_country, mission_id);

CREATE TABLE users (
    id BLOB PRIMARY KEY NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    username TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    must_change_password INTEGER NOT NULL,
    disabled_at INTEGER
) STRICT;
CREATE INDEX users_by_created ON users (created_at, id);
CREATE INDEX users_by_organisation ON users (organisation_id, created_at, id);

CREATE TABLE sessions (
    id BLOB PRIMARY KEY NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    refresh_expires_at INTEGER NOT NULL,
    refresh_hash BLOB NOT NULL UNIQUE,
    previous_hash BLOB UNIQUE,
    rotated_at INTEGER,
    revoked_at INTEGER
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE signing_keys (
    kid TEXT PRIMARY KEY NOT NULL,
    created_at INTEGER NOT NULL,
    sealed_seed BLOB NOT NULL
) STRICT;

CREATE TABLE login_throttles (
    key BLOB PRIMARY KEY NOT NULL,
    failures INTEGER NOT NULL,
    last_failure_at INTEGER NOT NULL,
    blocked_until INTEGER NOT NULL
) STRICT;
