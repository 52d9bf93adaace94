-- Lists that come in by the API: the file, sealed in the storage of files, what is known of it, and how far the work on it is. Nothing of
-- the people on a list stands here outside sealed bytes. No foreign key: what is here goes by itself after some days.
CREATE TABLE imports (
    id UUID NOT NULL PRIMARY KEY,
    organisation_id UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    stopped_because TEXT,
    file_id UUID,
    sealed_key BYTEA,
    sealed_about BYTEA NOT NULL,
    row_count INTEGER NOT NULL,
    position INTEGER NOT NULL,
    asked_by UUID,
    taken_by UUID,
    attempts INTEGER NOT NULL,
    committed_at TIMESTAMPTZ,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX imports_by_organisation ON imports (organisation_id, created_at, id);
CREATE INDEX imports_by_state ON imports (state, updated_at);
CREATE INDEX imports_by_end ON imports (expires_at);

-- What became of each row of a list: its number, codes, and the case; never what it says.
CREATE TABLE import_rows (
    id UUID NOT NULL PRIMARY KEY,
    import_id UUID NOT NULL,
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    decision TEXT,
    version BIGINT NOT NULL,
    case_id UUID,
    is_made BOOLEAN NOT NULL,
    kept_because TEXT,
    sealed_details BYTEA NOT NULL,
    UNIQUE (import_id, number)
);
CREATE INDEX import_rows_by_state ON import_rows (import_id, state, number);
CREATE INDEX import_rows_by_decision ON import_rows (import_id, state, decision);
CREATE INDEX import_rows_by_case ON import_rows (case_id) WHERE case_id IS NOT NULL;

-- Mappings that an organisation keeps for its next list. Headings can name people: all of it is sealed.
CREATE TABLE import_profiles (
    id UUID NOT NULL PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    created_at TIMESTAMPTZ NOT NULL,
    sealed_profile BYTEA NOT NULL
);
CREATE INDEX import_profiles_by_organisation ON import_profiles (organisation_id, created_at, id);
