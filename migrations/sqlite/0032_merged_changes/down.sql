DELETE FROM case_changes WHERE merged_from IS NOT NULL;
ALTER TABLE case_changes DROP COLUMN merged_from;
