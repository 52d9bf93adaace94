ALTER TABLE repatriation_transitions DROP COLUMN sealed_gaps;
ALTER TABLE repatriation_transitions DROP COLUMN departure_basis;
