-- A reader of these lists is shown at the end what changed since the reading began.
CREATE INDEX tasks_by_change ON tasks (organisation_id, status, updated_at, id);
CREATE INDEX movement_batches_by_change ON movement_batches (organisation_id, updated_at, id);
