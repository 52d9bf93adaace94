-- Where the bytes of a file lie: in the storage, under this random id, and never in the database. Known here before the first byte is
-- written, so that nothing lies there that nobody knows of; removed after its hour, unless an attachment names it by then.
CREATE TABLE stored_files (
    id BLOB PRIMARY KEY NOT NULL,
    remove_after INTEGER
) STRICT;
CREATE INDEX stored_files_to_remove ON stored_files (remove_after);

-- Files on a case. What a file is, and what it is called, is sealed like the records of its compartment.
CREATE TABLE attachments (
    id BLOB PRIMARY KEY NOT NULL,
    case_id BLOB NOT NULL REFERENCES cases (id),
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    created_at INTEGER NOT NULL,
    created_by BLOB,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    compartment TEXT NOT NULL,
    -- Null until the content has arrived.
    file_id BLOB REFERENCES stored_files (id),
    -- What it takes of the storage; in KiB, so that a sum of many is a number that both databases have.
    stored_kib INTEGER NOT NULL,
    sealed_key BLOB,
    sealed_details BLOB NOT NULL
) STRICT;
CREATE INDEX attachments_by_case ON attachments (case_id, created_at, id);
CREATE INDEX attachments_by_organisation ON attachments (organisation_id, stored_kib);
CREATE UNIQUE INDEX attachments_by_file ON attachments (file_id);
