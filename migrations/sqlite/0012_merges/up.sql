-- Two persons who turned out to be one. The merged one stays as it is, closed and out of sight, until the merge is undone.
CREATE TABLE merges (
    id BLOB PRIMARY KEY NOT NULL,
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    pair_id BLOB NOT NULL REFERENCES duplicate_pairs (id),
    survivor_person_id BLOB NOT NULL REFERENCES persons (id),
    survivor_case_id BLOB NOT NULL REFERENCES cases (id),
    merged_person_id BLOB NOT NULL REFERENCES persons (id),
    merged_case_id BLOB NOT NULL REFERENCES cases (id),
    created_at INTEGER NOT NULL,
    created_by BLOB,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    undone_at INTEGER,
    undone_by BLOB,
    -- The fields that the survivor took over, with what was there before: each sealed like its compartment.
    sealed_identity BLOB,
    sealed_contact BLOB,
    sealed_reason BLOB
) STRICT;
CREATE INDEX merges_by_organisation ON merges (organisation_id, created_at, id);
CREATE INDEX merges_by_survivor ON merges (survivor_person_id);
CREATE INDEX merges_by_pair ON merges (pair_id);
CREATE UNIQUE INDEX merges_one_at_a_time ON merges (merged_person_id) WHERE undone_at IS NULL;

-- The grants on the cases of a merged person, taken out of case_grants with every column of theirs: nobody sees by them, and the
-- undo puts them back. A column that is added there is added here.
CREATE TABLE merged_grants (
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
    cohort TEXT NOT NULL,
    mission_id BLOB,
    milestones INTEGER NOT NULL,
    PRIMARY KEY (case_id, organisation_id, basis)
) STRICT;
CREATE INDEX merged_grants_by_organisation ON merged_grants (organisation_id);
CREATE INDEX merges_by_merged_case ON merges (merged_case_id);
CREATE INDEX merges_by_survivor_case ON merges (survivor_case_id);
CREATE INDEX merges_by_merged_person ON merges (merged_person_id);
