-- What those who answer for data protection are told: something about access that is odd. Ids alone, and never the reason.
CREATE TABLE data_protection_events (
    id BLOB PRIMARY KEY NOT NULL,
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    kind TEXT NOT NULL,
    -- Whose acts are odd, where that is known.
    user_id BLOB,
    case_id BLOB,
    happened_at INTEGER NOT NULL
) STRICT;
CREATE INDEX data_protection_events_by_organisation ON data_protection_events (organisation_id, happened_at, id);
