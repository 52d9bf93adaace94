-- A relation is changed: what one is to the other, and why the two are apart. Both are sealed under the version.
ALTER TABLE case_relations ADD COLUMN updated_at TIMESTAMPTZ NOT NULL DEFAULT 'epoch';
ALTER TABLE case_relations ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
UPDATE case_relations SET updated_at = created_at;
