-- What was recorded on a case whose person turned out to be another one's stands on the case that goes on: `case_id` is where it is
-- read and counted, `merged_from` the case whose keys seal it, and to which the undo brings it back. Null: it was recorded here.
ALTER TABLE stays ADD COLUMN merged_from BLOB REFERENCES cases (id);
ALTER TABLE nationality_verifications ADD COLUMN merged_from BLOB REFERENCES cases (id);
ALTER TABLE case_records ADD COLUMN merged_from BLOB REFERENCES cases (id);
ALTER TABLE tasks ADD COLUMN merged_from BLOB REFERENCES cases (id);
ALTER TABLE attachments ADD COLUMN merged_from BLOB REFERENCES cases (id);

-- Both may have been in contact with one mission, and both may have a standing with the authority: one of each is recorded here.
CREATE TABLE embassy_contacts_with_merged (
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
    merged_from BLOB REFERENCES cases (id)
) STRICT;
INSERT INTO embassy_contacts_with_merged
    SELECT id, case_id, mission_id, created_at, created_by, updated_at, version, initiated_by, person_decision, decided_on,
        informed_of_rights_on, channel, contacted_on, acknowledged_on, visit_on, letter_issued_on, outcome, NULL
    FROM embassy_contacts;
DROP TABLE embassy_contacts;
ALTER TABLE embassy_contacts_with_merged RENAME TO embassy_contacts;
CREATE INDEX embassy_contacts_by_mission ON embassy_contacts (mission_id);
CREATE INDEX embassy_contacts_by_case ON embassy_contacts (case_id);
CREATE UNIQUE INDEX embassy_contacts_one_recorded ON embassy_contacts (case_id, mission_id) WHERE merged_from IS NULL;
DROP INDEX case_records_one_clearance;
CREATE UNIQUE INDEX case_records_one_clearance ON case_records (case_id)
    WHERE kind = 'immigration_clearance' AND merged_from IS NULL;

CREATE INDEX stays_by_merged_from ON stays (merged_from);
CREATE INDEX nationality_verifications_by_merged_from ON nationality_verifications (merged_from);
CREATE INDEX case_records_by_merged_from ON case_records (merged_from);
CREATE INDEX tasks_by_merged_from ON tasks (merged_from);
CREATE INDEX attachments_by_merged_from ON attachments (merged_from);
CREATE INDEX embassy_contacts_by_merged_from ON embassy_contacts (merged_from);

-- What else the case that goes on took over, with what was there before: each sealed like its compartment, the plain fields like the
-- identity.
ALTER TABLE merges ADD COLUMN sealed_plain BLOB;
ALTER TABLE merges ADD COLUMN sealed_location BLOB;
ALTER TABLE merges ADD COLUMN sealed_health BLOB;
ALTER TABLE merges ADD COLUMN sealed_narrative BLOB;
ALTER TABLE merges ADD COLUMN sealed_protection BLOB;
