DROP TABLE data_protection_events;
DROP TABLE anonymous_refusals;
ALTER TABLE audit_entries DROP COLUMN occurrences;
ALTER TABLE audit_entries DROP COLUMN name_tried;
ALTER TABLE audit_entries DROP COLUMN status;
ALTER TABLE audit_entries DROP COLUMN code;
