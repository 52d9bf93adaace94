-- One note verbale that asks to waive the fines of many. What is asked for is the same for all; the answer of each is a record of its case.
CREATE TABLE waiver_requests (
    id UUID PRIMARY KEY NOT NULL,
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    reference TEXT NOT NULL,
    addressee TEXT NOT NULL,
    sent_on DATE NOT NULL,
    requested_percent INTEGER NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX waiver_requests_by_organisation ON waiver_requests (organisation_id, created_at, id);

-- The waivers that it asks for. Of which case says the record, also where that case is merged into another one.
CREATE TABLE waiver_request_members (
    request_id UUID NOT NULL REFERENCES waiver_requests (id),
    record_id UUID NOT NULL REFERENCES case_records (id),
    added_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (request_id, record_id)
);
CREATE INDEX waiver_request_members_by_record ON waiver_request_members (record_id);
