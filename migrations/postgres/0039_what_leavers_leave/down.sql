DROP INDEX approvals_by_case;
-- The previous version opens every reason with the key of the service.
UPDATE approvals SET sealed_reason = '' WHERE reason_compartment IS NOT NULL;
ALTER TABLE approvals DROP COLUMN reason_compartment;
ALTER TABLE approvals DROP COLUMN case_id;
DROP INDEX tasks_by_left;
ALTER TABLE tasks DROP COLUMN left_by;
