-- The log keeps a wrong entry. This is the version of the case with which it was taken back: figures count none that was.
ALTER TABLE repatriation_transitions ADD COLUMN taken_back_with BIGINT;
-- Since when the case had stood where the move found it, so that a wrong move leaves no trace in how long it waited.
ALTER TABLE repatriation_transitions ADD COLUMN stood_since DATE;
