ALTER TABLE case_relations DROP COLUMN updated_at;
ALTER TABLE case_relations DROP COLUMN version;
