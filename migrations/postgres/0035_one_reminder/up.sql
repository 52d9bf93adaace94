-- Two steps of one moment, of one of two people who belong together each, remind an owner once.
UPDATE tasks SET status = 'settled', version = version + 1
WHERE kind = 'related_case' AND status = 'open' AND EXISTS (
    SELECT 1 FROM tasks AS earlier
    WHERE earlier.kind = 'related_case' AND earlier.status = 'open' AND earlier.case_id = tasks.case_id
    AND earlier.organisation_id = tasks.organisation_id AND earlier.subject_id = tasks.subject_id AND earlier.id < tasks.id
);
CREATE UNIQUE INDEX tasks_one_reminder ON tasks (subject_id, case_id, organisation_id)
WHERE kind = 'related_case' AND status = 'open';
