ALTER TABLE case_changes DROP COLUMN reason;
