-- The record of the earlier host country that a standing, a waiver or a payment is about; NULL: the present one.
ALTER TABLE case_records ADD COLUMN host_episode_id UUID;
-- One standing in the present country.
DROP INDEX case_records_one_clearance;
CREATE UNIQUE INDEX case_records_one_clearance ON case_records (case_id)
    WHERE kind = 'immigration_clearance' AND merged_from IS NULL AND host_episode_id IS NULL;
