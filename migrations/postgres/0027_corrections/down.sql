ALTER TABLE repatriation_transitions DROP COLUMN stood_since;
ALTER TABLE repatriation_transitions DROP COLUMN taken_back_with;
