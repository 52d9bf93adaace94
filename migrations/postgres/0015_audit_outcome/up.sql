-- What those who answer for data protection are told: something about access that is odd. Ids alone, and never the reason.
CREATE TABLE data_protection_events (
    id UUID PRIMARY KEY NOT NULL,
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    kind TEXT NOT NULL,
    -- Whose acts are odd, where that is known.
    user_id UUID,
    case_id UUID,
    happened_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX data_protection_events_by_organisation ON data_protection_events (organisation_id, happened_at, id);
