-- The two-person rule. Parameters hold no personal data; the reason is sealed, because somebody typed it.
CREATE TABLE approvals (
    id UUID PRIMARY KEY NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    action TEXT NOT NULL,
    parameters TEXT NOT NULL,
    parameters_hash BYTEA NOT NULL,
    sealed_reason BYTEA NOT NULL,
    asked_by UUID NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    status TEXT NOT NULL,
    is_settled BOOLEAN NOT NULL,
    decided_by UUID,
    decided_at TIMESTAMPTZ,
    executed_at TIMESTAMPTZ
);
CREATE INDEX approvals_by_organisation ON approvals (organisation_id, is_settled, created_at, id);

-- A pending export is a question. What is in it is found when it is fetched.
CREATE TABLE exports (
    id UUID PRIMARY KEY NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    organisation_id UUID NOT NULL,
    approval_id UUID NOT NULL UNIQUE REFERENCES approvals (id),
    asked_by UUID NOT NULL,
    parameters TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    fetched_at TIMESTAMPTZ
);
