-- Until when a list is left alone because something is away; since when its people are registered; and no more who announced it, which
-- nothing reads.
ALTER TABLE imports ADD COLUMN not_before TIMESTAMPTZ;
ALTER TABLE imports RENAME COLUMN committed_at TO first_registered_at;
ALTER TABLE imports DROP COLUMN created_by;
