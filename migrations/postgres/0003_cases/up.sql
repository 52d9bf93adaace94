CREATE TABLE persons (
    id UUID PRIMARY KEY NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

-- The person's key, sealed once for each organisation that holds it whole, and once for the system.
CREATE TABLE person_keys (
    person_id UUID NOT NULL REFERENCES persons (id),
    organisation_id UUID NOT NULL,
    sealed_key BYTEA NOT NULL,
    PRIMARY KEY (person_id, organisation_id)
);

-- One sealed blob a compartment; the owner is a person or a case.
CREATE TABLE compartments (
    owner_id UUID NOT NULL,
    compartment TEXT NOT NULL,
    version BIGINT NOT NULL,
    ciphertext BYTEA NOT NULL,
    PRIMARY KEY (owner_id, compartment)
);

-- Keyed hashes of exact identifiers (passport, phone, e-mail). Never anything made from a name.
CREATE TABLE blind_index (
    tag BYTEA NOT NULL,
    person_id UUID NOT NULL REFERENCES persons (id),
    field TEXT NOT NULL,
    normaliser INTEGER NOT NULL,
    PRIMARY KEY (tag, person_id)
);
CREATE INDEX blind_index_by_person ON blind_index (person_id);

CREATE TABLE cases (
    id UUID PRIMARY KEY NOT NULL,
    code TEXT NOT NULL UNIQUE,
    person_id UUID NOT NULL REFERENCES persons (id),
    previous_case_id UUID REFERENCES cases (id),
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    registered_on DATE NOT NULL,
    owner_id UUID NOT NULL REFERENCES organisations (id),
    assigned_to UUID REFERENCES users (id),
    status TEXT NOT NULL,
    closure_reason TEXT,
    closed_on DATE,
    intake_channel TEXT NOT NULL,
    exit_mode TEXT,
    exited_on TEXT,
    host_country TEXT NOT NULL,
    nationality_claimed TEXT,
    nationality_verified TEXT,
    gender TEXT NOT NULL,
    birth_year INTEGER,
    is_child BOOLEAN,
    risk_level TEXT NOT NULL,
    trafficking_status TEXT NOT NULL,
    immigration_status TEXT NOT NULL,
    screening_skipped TEXT,
    compound_id UUID REFERENCES compounds (id),
    operation_id UUID REFERENCES operations (id),
    stage TEXT NOT NULL,
    side_state TEXT
);
CREATE INDEX cases_by_person ON cases (person_id);
CREATE INDEX cases_by_owner ON cases (owner_id);
CREATE INDEX cases_by_previous ON cases (previous_case_id);
CREATE INDEX cases_by_operation ON cases (operation_id, nationality_claimed);
CREATE INDEX cases_by_compound ON cases (compound_id);
CREATE INDEX cases_by_assigned ON cases (assigned_to);
CREATE INDEX cases_by_host_country ON cases (host_country);

-- A grant is a permission and a key. It carries copies of what an organisation lists and counts by, so that an
-- organisation with fifty cases among a million pays for fifty.
CREATE TABLE case_grants (
    case_id UUID NOT NULL REFERENCES cases (id),
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    basis TEXT NOT NULL,
    consent_id UUID,
    compartments INTEGER NOT NULL,
    sealed_keys BYTEA NOT NULL,
    expires_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID,
    is_primary BOOLEAN NOT NULL,
    registered_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    risk_rank INTEGER NOT NULL,
    nationality TEXT,
    stage TEXT NOT NULL,
    PRIMARY KEY (case_id, organisation_id, basis)
);
CREATE UNIQUE INDEX case_grants_primary ON case_grants (case_id, organisation_id) WHERE is_primary;
CREATE INDEX case_grants_by_registered ON case_grants (organisation_id, is_primary, registered_at, case_id);
CREATE INDEX case_grants_by_changed ON case_grants (organisation_id, is_primary, changed_at, case_id);
CREATE INDEX case_grants_by_risk ON case_grants (organisation_id, is_primary, risk_rank, case_id);
CREATE INDEX case_grants_by_nationality ON case_grants (organisation_id, is_primary, nationality, registered_at, case_id);
CREATE INDEX case_grants_by_stage ON case_grants (organisation_id, is_primary, stage, registered_at, case_id);

-- What changed, from and to: in the clear for fields that are, sealed like its compartment for all others.
CREATE TABLE case_changes (
    case_id UUID NOT NULL REFERENCES cases (id),
    version BIGINT NOT NULL,
    position INTEGER NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    user_id UUID,
    organisation_id UUID NOT NULL,
    operation TEXT NOT NULL,
    compartment TEXT,
    changes BYTEA NOT NULL,
    PRIMARY KEY (case_id, version, position)
);

CREATE TABLE stays (
    id UUID PRIMARY KEY NOT NULL,
    case_id UUID NOT NULL REFERENCES cases (id),
    compound_id UUID REFERENCES compounds (id),
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    sealed_details BYTEA NOT NULL
);
CREATE INDEX stays_by_case ON stays (case_id, created_at, id);
CREATE INDEX stays_by_compound ON stays (compound_id);

CREATE TABLE embassy_contacts (
    id UUID PRIMARY KEY NOT NULL,
    case_id UUID NOT NULL REFERENCES cases (id),
    mission_id UUID NOT NULL REFERENCES missions (id),
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    initiated_by TEXT NOT NULL,
    person_decision TEXT NOT NULL,
    decided_on DATE NOT NULL,
    informed_of_rights_on DATE,
    channel TEXT,
    contacted_on DATE,
    acknowledged_on DATE,
    visit_on DATE,
    letter_issued_on DATE,
    outcome TEXT,
    UNIQUE (case_id, mission_id)
);
CREATE INDEX embassy_contacts_by_mission ON embassy_contacts (mission_id);

CREATE TABLE nationality_verifications (
    id UUID PRIMARY KEY NOT NULL,
    case_id UUID NOT NULL REFERENCES cases (id),
    mission_id UUID NOT NULL REFERENCES missions (id),
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    claimed_state TEXT NOT NULL,
    requested_on DATE NOT NULL,
    interview_on DATE,
    interview_mode TEXT,
    evidence JSONB NOT NULL,
    result TEXT NOT NULL,
    result_on DATE,
    sealed_details BYTEA NOT NULL
);
CREATE INDEX nationality_verifications_by_case ON nationality_verifications (case_id, created_at, id);
CREATE INDEX nationality_verifications_by_mission ON nationality_verifications (mission_id);

CREATE TABLE repatriation_transitions (
    case_id UUID NOT NULL REFERENCES cases (id),
    version BIGINT NOT NULL,
    moved_at TIMESTAMPTZ NOT NULL,
    user_id UUID,
    organisation_id UUID NOT NULL,
    rule TEXT NOT NULL,
    from_stage TEXT,
    from_side_state TEXT,
    to_stage TEXT NOT NULL,
    to_side_state TEXT,
    hold_reason TEXT,
    review_on DATE,
    occurred_on DATE,
    compartment TEXT NOT NULL,
    sealed_details BYTEA NOT NULL,
    PRIMARY KEY (case_id, version)
);
