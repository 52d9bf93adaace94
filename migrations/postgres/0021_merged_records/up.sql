-- What was recorded on a case whose person turned out to be another one's stands on the case that goes on: `case_id` is where it is
-- read and counted, `merged_from` the case whose keys seal it, and to which the undo brings it back. Null: it was recorded here.
ALTER TABLE stays ADD COLUMN merged_from UUID REFERENCES cases (id);
ALTER TABLE nationality_verifications ADD COLUMN merged_from UUID REFERENCES cases (id);
ALTER TABLE case_records ADD COLUMN merged_from UUID REFERENCES cases (id);
ALTER TABLE tasks ADD COLUMN merged_from UUID REFERENCES cases (id);
ALTER TABLE attachments ADD COLUMN merged_from UUID REFERENCES cases (id);
ALTER TABLE embassy_contacts ADD COLUMN merged_from UUID REFERENCES cases (id);

-- Both may have been in contact with one mission, and both may have a standing with the authority: one of each is recorded here.
ALTER TABLE embassy_contacts DROP CONSTRAINT embassy_contacts_case_id_mission_id_key;
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
ALTER TABLE merges ADD COLUMN sealed_plain BYTEA;
ALTER TABLE merges ADD COLUMN sealed_location BYTEA;
ALTER TABLE merges ADD COLUMN sealed_health BYTEA;
ALTER TABLE merges ADD COLUMN sealed_narrative BYTEA;
ALTER TABLE merges ADD COLUMN sealed_protection BYTEA;
