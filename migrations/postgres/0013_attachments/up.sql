-- Where the bytes of a file lie: in the storage, under this random id, and never in the database. Known here before the first byte is
-- written, so that nothing lies there that nobody knows of; removed after its hour, unless an attachment names it by then.
CREATE TABLE stored_files (
    id UUID PRIMARY KEY NOT NULL,
    remove_after TIMESTAMPTZ
);
CREATE INDEX stored_files_to_remove ON stored_files (remove_after);

-- Files on a case. What a file is, and what it is called, is sealed like the records of its compartment.
CREATE TABLE attachments (
    id UUID PRIMARY KEY NOT NULL,
    case_id UUID NOT NULL REFERENCES cases (id),
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    compartment TEXT NOT NULL,
    -- Null until the content has arrived.
    file_id UUID REFERENCES stored_files (id),
    -- What it takes of the storage; in KiB, so that a sum of many is a number that both databases have.
    stored_kib INTEGER NOT NULL,
    sealed_key BYTEA,
    sealed_details BYTEA NOT NULL
);
CREATE INDEX attachments_by_case ON attachments (case_id, created_at, id);
CREATE INDEX attachments_by_organisation ON attachments (organisation_id, stored_kib);
CREATE UNIQUE INDEX attachments_by_file ON attachments (file_id);
