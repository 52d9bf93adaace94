-- That the owner of a case lets an organisation take emergency access to the person again: after an access that was found
-- unjustified, after a refusal by the person, or within the week of the last one. What lies before it bars nobody any more.
CREATE TABLE emergency_lifts (
    person_id UUID NOT NULL REFERENCES persons (id),
    case_id UUID NOT NULL REFERENCES cases (id),
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    lifted_at TIMESTAMPTZ NOT NULL,
    lifted_by UUID NOT NULL,
    PRIMARY KEY (person_id, organisation_id)
);
CREATE INDEX emergency_lifts_by_case ON emergency_lifts (case_id);
CREATE INDEX emergency_lifts_by_organisation ON emergency_lifts (organisation_id);
