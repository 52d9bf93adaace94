UPDATE stays SET case_id = merged_from WHERE merged_from IS NOT NULL;
UPDATE nationality_verifications SET case_id = merged_from WHERE merged_from IS NOT NULL;
UPDATE case_records SET case_id = merged_from WHERE merged_from IS NOT NULL;
UPDATE tasks SET case_id = merged_from WHERE merged_from IS NOT NULL;
UPDATE attachments SET case_id = merged_from WHERE merged_from IS NOT NULL;
UPDATE embassy_contacts SET case_id = merged_from WHERE merged_from IS NOT NULL;
DROP INDEX case_records_one_clearance;
CREATE UNIQUE INDEX case_records_one_clearance ON case_records (case_id) WHERE kind = 'immigration_clearance';
DROP INDEX stays_by_merged_from;
DROP INDEX nationality_verifications_by_merged_from;
DROP INDEX case_records_by_merged_from;
DROP INDEX tasks_by_merged_from;
DROP INDEX attachments_by_merged_from;
DROP INDEX embassy_contacts_by_merged_from;
DROP INDEX embassy_contacts_one_recorded;
DROP INDEX embassy_contacts_by_case;
CREATE TABLE embassy_contacts_before (
    id BLOB PRIMARY KEY NOT NULL,
    case_id BLOB NOT NULL REFERENCES cases (id),
    mission_id BLOB NOT NULL REFERENCES missions (id),
    created_at INTEGER NOT NULL,
    created_by BLOB,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    initiated_by TEXT NOT NULL,
    person_decision TEXT NOT NULL,
    decided_on TEXT NOT NULL,
    informed_of_rights_on TEXT,
    channel TEXT,
    contacted_on TEXT,
    acknowledged_on TEXT,
    visit_on TEXT,
    letter_issued_on TEXT,
    outcome TEXT,
    UNIQUE (case_id, mission_id)
) STRICT;
INSERT INTO embassy_contacts_before 
    SELECT id, case_id, mission_id, created_at, created_by, updated_at, version, initiated_by, person_decision, decided_on,
        informed_of_rights_on, channel, contacted_on, acknowledged_on, visit_on, letter_issued_on, outcome
    FROM embassy_contacts;
DROP TABLE embassy_contacts;
ALTER TABLE embassy_contacts_before RENAME TO embassy_contacts;
CREATE INDEX embassy_contacts_by_mission ON embassy_contacts (mission_id);
ALTER TABLE stays DROP COLUMN merged_from;
ALTER TABLE nationality_verifications DROP COLUMN merged_from;
ALTER TABLE case_records DROP COLUMN merged_from;
ALTER TABLE tasks DROP COLUMN merged_from;
ALTER TABLE attachments DROP COLUMN merged_from;
ALTER TABLE merges DROP COLUMN sealed_plain;
ALTER TABLE merges DROP COLUMN sealed_location;
ALTER TABLE merges DROP COLUMN sealed_health;
ALTER TABLE merges DROP COLUMN sealed_narrative;
ALTER TABLE merges DROP COLUMN sealed_protection;
