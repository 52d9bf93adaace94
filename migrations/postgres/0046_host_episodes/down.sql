DROP INDEX case_records_one_clearance;
CREATE UNIQUE INDEX case_records_one_clearance ON case_records (case_id)
    WHERE kind = 'immigration_clearance' AND merged_from IS NULL;
ALTER TABLE case_records DROP COLUMN host_episode_id;
