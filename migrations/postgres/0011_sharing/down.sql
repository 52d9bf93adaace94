ALTER TABLE users DROP COLUMN data_protection;
DROP INDEX case_grants_by_end;
DROP TABLE access_events;
DROP TABLE emergency_accesses;
DROP TABLE referrals;
DROP TABLE denials;
DROP TABLE consents;
