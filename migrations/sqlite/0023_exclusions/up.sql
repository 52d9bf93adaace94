-- That a user shut missions out of a person's cases: by the protection pathway, or by a denial that took a case from a mission. The
-- second one of a user within an hour waits for a second person, and a wrong pathway can be taken back.
CREATE TABLE exclusions (
    id BLOB PRIMARY KEY NOT NULL,
    case_id BLOB NOT NULL REFERENCES cases (id),
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    created_at INTEGER NOT NULL,
    created_by BLOB NOT NULL,
    way TEXT NOT NULL,
    -- The version of the case that the pathway began with, as the log of transitions has it.
    began_with INTEGER,
    -- Whether it concerned a case that is not of the user's own organisation: these are counted.
    is_foreign INTEGER NOT NULL,
    undone_at INTEGER,
    undone_by BLOB
) STRICT;
CREATE INDEX exclusions_by_user ON exclusions (created_by, created_at);
CREATE INDEX exclusions_by_case ON exclusions (case_id);
CREATE INDEX exclusions_by_organisation ON exclusions (organisation_id);

-- What a mission held when a pathway shut it out, so that it gets back that and no more. No key is kept.
CREATE TABLE excluded_grants (
    exclusion_id BLOB NOT NULL REFERENCES exclusions (id),
    case_id BLOB NOT NULL REFERENCES cases (id),
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    basis TEXT NOT NULL,
    compartments INTEGER NOT NULL,
    expires_at INTEGER,
    -- Who became responsible for the case, if the mission owned it.
    next_owner_id BLOB,
    holds_person_key INTEGER NOT NULL,
    PRIMARY KEY (exclusion_id, case_id, organisation_id, basis)
) STRICT;
CREATE INDEX excluded_grants_by_case ON excluded_grants (case_id);
CREATE INDEX excluded_grants_by_organisation ON excluded_grants (organisation_id);
