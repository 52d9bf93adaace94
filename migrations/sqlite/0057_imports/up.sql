-- Lists that come in by the API: the file, sealed in the storage of files, what is known of it, and how far the work on it is. Nothing of
-- the people on a list stands here outside sealed bytes. No foreign key: what is here goes by itself after some days.
CREATE TABLE imports (
    id BLOB NOT NULL PRIMARY KEY,
    organisation_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    created_by BLOB NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    stopped_because TEXT,
    file_id BLOB,
    sealed_key BLOB,
    sealed_about BLOB NOT NULL,
    row_count INTEGER NOT NULL,
    position INTEGER NOT NULL,
    asked_by BLOB,
    taken_by BLOB,
    attempts INTEGER NOT NULL,
    committed_at INTEGER,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX imports_by_organisation ON imports (organisation_id, created_at, id);
CREATE INDEX imports_by_state ON imports (state, updated_at);
CREATE INDEX imports_by_end ON imports (expires_at);

-- What became of each row of a list: its number, codes, and the case; never what it says.
CREATE TABLE import_rows (
    id BLOB NOT NULL PRIMARY KEY,
    import_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    decision TEXT,
    version INTEGER NOT NULL,
    case_id BLOB,
    is_made INTEGER NOT NULL,
    kept_because TEXT,
    sealed_details BLOB NOT NULL,
    UNIQUE (import_id, number)
) STRICT;
CREATE INDEX import_rows_by_state ON import_rows (import_id, state, number);
CREATE INDEX import_rows_by_decision ON import_rows (import_id, state, decision);
CREATE INDEX import_rows_by_case ON import_rows (case_id) WHERE case_id IS NOT NULL;

-- Mappings that an organisation keeps for its next list. Headings can name people: all of it is sealed.
CREATE TABLE import_profiles (
    id BLOB NOT NULL PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    created_at INTEGER NOT NULL,
    sealed_profile BLOB NOT NULL
) STRICT;
CREATE INDEX import_profiles_by_organisation ON import_profiles (organisation_id, created_at, id);
