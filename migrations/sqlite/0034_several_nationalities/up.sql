-- A person may be of several states. The claimed ones stand in cases.nationality_claimed, with commas; here is a row for each, so that a list
-- finds the case by any of them. A person of one nationality has no row.
CREATE TABLE case_nationalities (
    nationality TEXT NOT NULL,
    case_id BLOB NOT NULL REFERENCES cases (id),
    PRIMARY KEY (nationality, case_id)
) STRICT;
CREATE INDEX case_nationalities_by_case ON case_nationalities (case_id);
