-- Whose names changed, for the memory of the other instances. The position is the number of the transaction: those that are over, and those
-- that are not, are known to the database without any clock. No person: somebody is gone, and nothing here may say who it was.
CREATE TABLE name_changes (
    position BIGINT NOT NULL DEFAULT txid_current(),
    person_id UUID
);
CREATE INDEX name_changes_by_position ON name_changes (position);
CREATE INDEX name_changes_by_person ON name_changes (person_id);
