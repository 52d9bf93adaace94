DELETE FROM case_changes WHERE merged_from IS NOT NULL;
DROP INDEX case_changes_by_merged_from;
ALTER TABLE case_changes DROP COLUMN merged_from;
