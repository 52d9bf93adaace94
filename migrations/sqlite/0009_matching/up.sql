-- Whom the matcher has not looked at yet: a person whose names, birth or numbers changed, or a request for somebody.
CREATE TABLE matching_queue (
    subject_id BLOB PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    queued_at INTEGER NOT NULL
) STRICT;
CREATE INDEX matching_queue_by_time ON matching_queue (queued_at, subject_id);

-- Two people who may be one, for one organisation that sees both. Nothing about either: they are compared when they are read.
CREATE TABLE duplicate_pairs (
    id BLOB PRIMARY KEY NOT NULL,
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    first_person_id BLOB NOT NULL REFERENCES persons (id),
    second_person_id BLOB NOT NULL REFERENCES persons (id),
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    decided_by BLOB,
    sealed_reason BLOB,
    UNIQUE (organisation_id, first_person_id, second_person_id)
) STRICT;
CREATE INDEX duplicate_pairs_by_status ON duplicate_pairs (organisation_id, status, created_at, id);
CREATE INDEX duplicate_pairs_by_first ON duplicate_pairs (first_person_id);
CREATE INDEX duplicate_pairs_by_second ON duplicate_pairs (second_person_id);

-- Blind searches of a user and of an organisation on a day.
CREATE TABLE search_budgets (
    subject_id BLOB NOT NULL,
    day TEXT NOT NULL,
    spent INTEGER NOT NULL,
    PRIMARY KEY (subject_id, day)
) STRICT;

-- Somebody is looked for. Who, is sealed for the organisation that asks.
CREATE TABLE tracing_requests (
    id BLOB PRIMARY KEY NOT NULL,
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    created_at INTEGER NOT NULL,
    created_by BLOB,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    relation TEXT NOT NULL,
    status TEXT NOT NULL,
    sealed_details BLOB NOT NULL
) STRICT;
CREATE INDEX tracing_requests_by_organisation ON tracing_requests (organisation_id, created_at, id);
CREATE INDEX tracing_requests_by_status ON tracing_requests (status, id);

-- A case that may be of the person looked for. Only the owner of the case learns of it; it is compared when it is read.
CREATE TABLE tracing_matches (
    id BLOB PRIMARY KEY NOT NULL,
    request_id BLOB NOT NULL REFERENCES tracing_requests (id),
    person_id BLOB NOT NULL REFERENCES persons (id),
    case_id BLOB NOT NULL REFERENCES cases (id),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    decision TEXT,
    decided_by BLOB,
    decided_at INTEGER,
    consent_id BLOB,
    sealed_note BLOB,
    UNIQUE (request_id, person_id)
) STRICT;
CREATE INDEX tracing_matches_by_time ON tracing_matches (created_at, id);
CREATE INDEX tracing_matches_by_person ON tracing_matches (person_id);
CREATE INDEX tracing_matches_by_case ON tracing_matches (case_id);

-- What a mission or a ministry reported about its nationals, as a figure.
CREATE TABLE mission_reports (
    id BLOB PRIMARY KEY NOT NULL,
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    created_at INTEGER NOT NULL,
    created_by BLOB,
    reported_on TEXT NOT NULL,
    nationality TEXT NOT NULL,
    host_country TEXT,
    count INTEGER NOT NULL,
    qualifier TEXT NOT NULL,
    kind TEXT NOT NULL,
    basis TEXT,
    operation_id BLOB REFERENCES operations (id)
) STRICT;
CREATE INDEX mission_reports_by_organisation ON mission_reports (organisation_id);
CREATE INDEX mission_reports_by_day ON mission_reports (reported_on, id);
CREATE INDEX mission_reports_by_operation ON mission_reports (operation_id);

-- What other instances changed lately: their names are read again.
CREATE INDEX cases_by_updated ON cases (updated_at, person_id);
