-- The two-person rule. Parameters hold no personal data; the reason is sealed, because somebody typed it.
CREATE TABLE approvals (
    id BLOB PRIMARY KEY NOT NULL,
    created_at INTEGER NOT NULL,
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    action TEXT NOT NULL,
    parameters TEXT NOT NULL,
    parameters_hash BLOB NOT NULL,
    sealed_reason BLOB NOT NULL,
    asked_by BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    status TEXT NOT NULL,
    is_settled INTEGER NOT NULL,
    decided_by BLOB,
    decided_at INTEGER,
    executed_at INTEGER
) STRICT;
CREATE INDEX approvals_by_organisation ON approvals (organisation_id, is_settled, created_at, id);

-- A pending export is a question. What is in it is found when it is fetched.
CREATE TABLE exports (
    id BLOB PRIMARY KEY NOT NULL,
    created_at INTEGER NOT NULL,
    organisation_id BLOB NOT NULL,
    approval_id BLOB NOT NULL UNIQUE REFERENCES approvals (id),
    asked_by BLOB NOT NULL,
    parameters TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    fetched_at INTEGER
) STRICT;
