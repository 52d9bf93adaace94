CREATE TABLE persons (
    id BLOB PRIMARY KEY NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- The person's key, sealed once for each organisation that holds it whole, and once for the system.
CREATE TABLE person_keys (
    person_id BLOB NOT NULL REFERENCES persons (id),
    organisation_id BLOB NOT NULL,
    sealed_key BLOB NOT NULL,
    PRIMARY KEY (person_id, organisation_id)
) STRICT;

-- One sealed blob a compartment; the owner is a person or a case.
CREATE TABLE compartments (
    owner_id BLOB NOT NULL,
    compartment TEXT NOT NULL,
    version INTEGER NOT NULL,
    ciphertext BLOB NOT NULL,
    PRIMARY KEY (owner_id, compartment)
) STRICT;

-- Keyed hashes of exact identifiers (passport, phone, e-mail). Never anything made from a name.
CREATE TABLE blind_index (
    tag BLOB NOT NULL,
    person_id BLOB NOT NULL REFERENCES persons (id),
    field TEXT NOT NULL,
    normaliser INTEGER NOT NULL,
    PRIMARY KEY (tag, person_id)
) STRICT;
CREATE INDEX blind_index_by_person ON blind_index (person_id);

CREATE TABLE cases (
    id BLOB PRIMARY KEY NOT NULL,
    code TEXT NOT NULL UNIQUE,
    person_id BLOB NOT NULL REFERENCES persons (id),
    previous_case_id BLOB REFERENCES cases (id),
    created_at INTEGER NOT NULL,
    created_by BLOB,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    registered_on TEXT NOT NULL,
    owner_id BLOB NOT NULL REFERENCES organisations (id),
    assigned_to BLOB REFERENCES users (id),
    status TEXT NOT NULL,
    closure_reason TEXT,
    closed_on TEXT,
    intake_channel TEXT NOT NULL,
    exit_mode TEXT,
    exited_on TEXT,
    host_country TEXT NOT NULL,
    nationality_claimed TEXT,
    nationality_verified TEXT,
    gender TEXT NOT NULL,
    birth_year INTEGER,
    is_child INTEGER,
    risk_level TEXT NOT NULL,
    trafficking_status TEXT NOT NULL,
    immigration_status TEXT NOT NULL,
    screening_skipped TEXT,
    compound_id BLOB REFERENCES compounds (id),
    operation_id BLOB REFERENCES operations (id),
    stage TEXT NOT NULL,
    side_state TEXT
) STRICT;
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
    case_id BLOB NOT NULL REFERENCES cases (id),
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    basis TEXT NOT NULL,
    consent_id BLOB,
    compartments INTEGER NOT NULL,
    sealed_keys BLOB NOT NULL,
    expires_at INTEGER,
    created_at INTEGER NOT NULL,
    created_by BLOB,
    is_primary INTEGER NOT NULL,
    registered_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    risk_rank INTEGER NOT NULL,
    nationality TEXT,
    stage TEXT NOT NULL,
    PRIMARY KEY (case_id, organisation_id, basis)
) STRICT;
CREATE UNIQUE INDEX case_grants_primary ON case_grants (case_id, organisation_id) WHERE is_primary = 1;
CREATE INDEX case_grants_by_registered ON case_grants (organisation_id, is_primary, registered_at, case_id);
CREATE INDEX case_grants_by_changed ON case_grants (organisation_id, is_primary, changed_at, case_id);
CREATE INDEX case_grants_by_risk ON case_grants (organisation_id, is_primary, risk_rank, case_id);
CREATE INDEX case_grants_by_nationality ON case_grants (organisation_id, is_primary, nationality, registered_at, case_id);
CREATE INDEX case_grants_by_stage ON case_grants (organisation_id, is_primary, stage, registered_at, case_id);

-- What changed, from and to: in the clear for fields that are, sealed like its compartment for all others.
CREATE TABLE case_changes (
    case_id BLOB NOT NULL REFERENCES cases (id),
    version INTEGER NOT NULL,
    position INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    user_id BLOB,
    organisation_id BLOB NOT NULL,
    operation TEXT NOT NULL,
    compartment TEXT,
    changes BLOB NOT NULL,
    PRIMARY KEY (case_id, version, position)
) STRICT;

CREATE TABLE stays (
    id BLOB PRIMARY KEY NOT NULL,
    case_id BLOB NOT NULL REFERENCES cases (id),
    compound_id BLOB REFERENCES compounds (id),
    created_at INTEGER NOT NULL,
    created_by BLOB,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    sealed_details BLOB NOT NULL
) STRICT;
CREATE INDEX stays_by_case ON stays (case_id, created_at, id);
CREATE INDEX stays_by_compound ON stays (compound_id);

CREATE TABLE embassy_contacts (
    id BLOB PRIMARY KEY NOT NULL,
    case_id BLOB NOT NULL REFERENCES cases (id),
    mission_id BLOB NOT NULL REFERENCES missions (id),
    created_at INTEGER NOT NULL,
    created_by BLOB,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    initiated_by TEXT NOT NULL,
    person_decision TEXT NOT NULL,
    decided_on TEXT NOT NULL,
    informed_of_rights_on TEXT,
    channel TEXT,
    contacted_on TEXT,
    acknowledged_on TEXT,
    visit_on TEXT,
    letter_issued_on TEXT,
    outcome TEXT,
    UNIQUE (case_id, mission_id)
) STRICT;
CREATE INDEX embassy_contacts_by_mission ON embassy_contacts (mission_id);

CREATE TABLE nationality_verifications (
    id BLOB PRIMARY KEY NOT NULL,
    case_id BLOB NOT NULL REFERENCES cases (id),
    mission_id BLOB NOT NULL REFERENCES missions (id),
    created_at INTEGER NOT NULL,
    created_by BLOB,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    claimed_state TEXT NOT NULL,
    requested_on TEXT NOT NULL,
    interview_on TEXT,
    interview_mode TEXT,
    evidence TEXT NOT NULL,
    result TEXT NOT NULL,
    result_on TEXT,
    sealed_details BLOB NOT NULL
) STRICT;
CREATE INDEX nationality_verifications_by_case ON nationality_verifications (case_id, created_at, id);
CREATE INDEX nationality_verifications_by_mission ON nationality_verifications (mission_id);

CREATE TABLE repatriation_transitions (
    case_id BLOB NOT NULL REFERENCES cases (id),
    version INTEGER NOT NULL,
    moved_at INTEGER NOT NULL,
    user_id BLOB,
    organisation_id BLOB NOT NULL,
    rule TEXT NOT NULL,
    from_stage TEXT,
    from_side_state TEXT,
    to_stage TEXT NOT NULL,
    to_side_state TEXT,
    hold_reason TEXT,
    review_on TEXT,
    occurred_on TEXT,
    compartment TEXT NOT NULL,
    sealed_details BLOB NOT NULL,
    PRIMARY KEY (case_id, version)
) STRICT;
