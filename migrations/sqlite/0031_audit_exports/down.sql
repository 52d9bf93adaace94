ALTER TABLE data_protection_events DROP COLUMN client_id;
ALTER TABLE exports DROP COLUMN action;
