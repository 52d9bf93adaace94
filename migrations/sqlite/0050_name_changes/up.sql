-- Whose names changed, for the memory of the other instances. Numbered as they are committed: there is one writer. No person: somebody is
-- gone, and nothing here may say who it was.
CREATE TABLE name_changes (
    position INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    person_id BLOB
) STRICT;
CREATE INDEX name_changes_by_person ON name_changes (person_id);
