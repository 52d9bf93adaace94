-- Why a change was made that nobody asked for on the case itself.
ALTER TABLE case_changes ADD COLUMN reason TEXT;
