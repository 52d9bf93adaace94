-- Who was erased: ids alone, for the list that outlives every backup. That somebody has no key any more says the same, but finding it out looks
-- at everybody who is there.
CREATE TABLE erasures (
    person_id BLOB NOT NULL PRIMARY KEY REFERENCES persons (id)
) STRICT;
-- Whoever was erased before is among them. The key of the system, which is the nil id, is everybody's until they are erased.
INSERT INTO erasures (person_id)
SELECT id FROM persons WHERE NOT EXISTS (
    SELECT 1 FROM person_keys WHERE person_keys.person_id = persons.id
        AND person_keys.organisation_id = X'00000000000000000000000000000000'
);

-- The last good backup: when its rows were read. One row at most, none after a restore.
CREATE TABLE last_backup (
    made_at INTEGER NOT NULL PRIMARY KEY
) STRICT;
