-- What was changed of a record that came from a merged case, and what a merge itself changed, is told by the history of the case that
-- goes on to whoever opens the merged one: `merged_from` is the case whose keys seal the entry. Null: those of the case itself.
ALTER TABLE case_changes ADD COLUMN merged_from BLOB REFERENCES cases (id);
CREATE INDEX case_changes_by_merged_from ON case_changes (merged_from);
