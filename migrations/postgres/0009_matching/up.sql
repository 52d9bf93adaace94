-- Whom the matcher has not looked at yet: a person whose names, birth or numbers changed, or a request for somebody.
CREATE TABLE matching_queue (
    subject_id UUID PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    queued_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX matching_queue_by_time ON matching_queue (queued_at, subject_id);

-- Two people who may be one, for one organisation that sees both. Nothing about either: they are compared when they are read.
CREATE TABLE duplicate_pairs (
    id UUID PRIMARY KEY NOT NULL,
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    first_person_id UUID NOT NULL REFERENCES persons (id),
    second_person_id UUID NOT NULL REFERENCES persons (id),
    status TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    decided_by UUID,
    sealed_reason BYTEA,
    UNIQUE (organisation_id, first_person_id, second_person_id)
);
CREATE INDEX duplicate_pairs_by_status ON duplicate_pairs (organisation_id, status, created_at, id);
CREATE INDEX duplicate_pairs_by_first ON duplicate_pairs (first_person_id);
CREATE INDEX duplicate_pairs_by_second ON duplicate_pairs (second_person_id);

-- Blind searches of a user and of an organisation on a day.
CREATE TABLE search_budgets (
    subject_id UUID NOT NULL,
    day DATE NOT NULL,
    spent INTEGER NOT NULL,
    PRIMARY KEY (subject_id, day)
);

-- Somebody is looked for. Who, is sealed for the organisation that asks.
CREATE TABLE tracing_requests (
    id UUID PRIMARY KEY NOT NULL,
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    relation TEXT NOT NULL,
    status TEXT NOT NULL,
    sealed_details BYTEA NOT NULL
);
CREATE INDEX tracing_requests_by_organisation ON tracing_requests (organisation_id, created_at, id);
CREATE INDEX tracing_requests_by_status ON tracing_requests (status, id);

-- A case that may be of the person looked for. Only the owner of the case learns of it; it is compared when it is read.
CREATE TABLE tracing_matches (
    id UUID PRIMARY KEY NOT NULL,
    request_id UUID NOT NULL REFERENCES tracing_requests (id),
    person_id UUID NOT NULL REFERENCES persons (id),
    case_id UUID NOT NULL REFERENCES cases (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    decision TEXT,
    decided_by UUID,
    decided_at TIMESTAMPTZ,
    consent_id UUID,
    sealed_note BYTEA,
    UNIQUE (request_id, person_id)
);
CREATE INDEX tracing_matches_by_time ON tracing_matches (created_at, id);
CREATE INDEX tracing_matches_by_person ON tracing_matches (person_id);
CREATE INDEX tracing_matches_by_case ON tracing_matches (case_id);

-- What a mission or a ministry reported about its nationals, as a figure.
CREATE TABLE mission_reports (
    id UUID PRIMARY KEY NOT NULL,
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID,
    reported_on DATE NOT NULL,
    nationality TEXT NOT NULL,
    host_country TEXT,
    count INTEGER NOT NULL,
    qualifier TEXT NOT NULL,
    kind TEXT NOT NULL,
    basis TEXT,
    operation_id UUID REFERENCES operations (id)
);
CREATE INDEX mission_reports_by_organisation ON mission_reports (organisation_id);
CREATE INDEX mission_reports_by_day ON mission_reports (reported_on, id);
CREATE INDEX mission_reports_by_operation ON mission_reports (operation_id);

-- What other instances changed lately: their names are read again.
CREATE INDEX cases_by_updated ON cases (updated_at, person_id);
