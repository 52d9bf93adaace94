-- Which sealed entries an organisation's auditors may read: its own acts, and the acts of others on a case that it owned when the entry was
-- sealed. With the columns that are filtered by, so that every filter walks an index.
CREATE TABLE audit_readers (
    reader_id BLOB NOT NULL,
    recorded_at INTEGER NOT NULL,
    position INTEGER NOT NULL,
    organisation_id BLOB NOT NULL,
    -- The user, or the machine client.
    caller_id BLOB,
    operation TEXT NOT NULL,
    decision TEXT NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (reader_id, recorded_at, position)
) STRICT;
CREATE INDEX audit_readers_by_organisation ON audit_readers (reader_id, organisation_id, recorded_at, position);
CREATE INDEX audit_readers_by_caller ON audit_readers (reader_id, caller_id, recorded_at, position);
CREATE INDEX audit_readers_by_operation ON audit_readers (reader_id, operation, recorded_at, position);
CREATE INDEX audit_readers_by_decision ON audit_readers (reader_id, decision, recorded_at, position);
CREATE INDEX audit_readers_by_code ON audit_readers (reader_id, code, recorded_at, position);
-- Of what was sealed before, each organisation reads its own acts: who owned a case then is not known any more.
INSERT INTO audit_readers (reader_id, recorded_at, position, organisation_id, caller_id, operation, decision, code)
SELECT organisation_id, recorded_at, position, organisation_id, coalesce(user_id, client_id), operation, decision, code
FROM audit_entries WHERE position IS NOT NULL;
