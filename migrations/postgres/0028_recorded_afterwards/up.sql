-- Somebody left, and it is recorded afterwards: how, by which figures tell a journey of one's own from a deportation.
ALTER TABLE repatriation_transitions ADD COLUMN departure_basis TEXT;
-- The requirements that were not met and rest on the protection notes, sealed like those.
ALTER TABLE repatriation_transitions ADD COLUMN sealed_gaps BYTEA;
