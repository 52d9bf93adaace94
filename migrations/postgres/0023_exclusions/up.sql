-- That a user shut missions out of a person's cases: by the protection pathway, or by a denial that took a case from a mission. The
-- second one of a user within an hour waits for a second person, and a wrong pathway can be taken back.
CREATE TABLE exclusions (
    id UUID PRIMARY KEY NOT NULL,
    case_id UUID NOT NULL REFERENCES cases (id),
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID NOT NULL,
    way TEXT NOT NULL,
    -- The version of the case that the pathway began with, as the log of transitions has it.
    began_with BIGINT,
    -- Whether it concerned a case that is not of the user's own organisation: these are counted.
    is_foreign BOOLEAN NOT NULL,
    undone_at TIMESTAMPTZ,
    undone_by UUID
);
CREATE INDEX exclusions_by_user ON exclusions (created_by, created_at);
CREATE INDEX exclusions_by_case ON exclusions (case_id);
CREATE INDEX exclusions_by_organisation ON exclusions (organisation_id);

-- What a mission held when a pathway shut it out, so that it gets back that and no more. No key is kept.
CREATE TABLE excluded_grants (
    exclusion_id UUID NOT NULL REFERENCES exclusions (id),
    case_id UUID NOT NULL REFERENCES cases (id),
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    basis TEXT NOT NULL,
    compartments INTEGER NOT NULL,
    expires_at TIMESTAMPTZ,
    -- Who became responsible for the case, if the mission owned it.
    next_owner_id UUID,
    holds_person_key BOOLEAN NOT NULL,
    PRIMARY KEY (exclusion_id, case_id, organisation_id, basis)
);
CREATE INDEX excluded_grants_by_case ON excluded_grants (case_id);
CREATE INDEX excluded_grants_by_organisation ON excluded_grants (organisation_id);
