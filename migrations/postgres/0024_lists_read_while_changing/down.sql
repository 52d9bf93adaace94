DROP INDEX movement_batches_by_change;
DROP INDEX tasks_by_change;
