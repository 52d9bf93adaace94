-- Who belongs together: one row a pair of cases. What each is to the other is sealed, and the row stays on the two cases that it was
-- recorded on: a merge moves nothing, so that its undo has nothing to bring back.
CREATE TABLE case_relations (
    id BLOB PRIMARY KEY NOT NULL,
    -- The lesser of both ids, so that a pair is linked once whoever links it.
    first_case_id BLOB NOT NULL REFERENCES cases (id),
    second_case_id BLOB NOT NULL REFERENCES cases (id),
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    created_at INTEGER NOT NULL,
    created_by BLOB,
    sealed_details BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX case_relations_by_cases ON case_relations (first_case_id, second_case_id);
CREATE INDEX case_relations_by_second ON case_relations (second_case_id);
CREATE INDEX case_relations_by_organisation ON case_relations (organisation_id);
