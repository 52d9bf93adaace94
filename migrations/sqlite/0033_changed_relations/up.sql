-- A relation is changed: what one is to the other, and why the two are apart. Both are sealed under the version.
ALTER TABLE case_relations ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE case_relations ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
UPDATE case_relations SET updated_at = created_at;
