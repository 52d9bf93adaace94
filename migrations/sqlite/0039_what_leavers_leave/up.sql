-- The user who had a task and left, until somebody else has it: a handover finds it by this.
ALTER TABLE tasks ADD COLUMN left_by BLOB;
CREATE INDEX tasks_by_left ON tasks (left_by);

-- The case that an act names, so that the reason is read by whoever sees the case, and ends with the person's data.
ALTER TABLE approvals ADD COLUMN case_id BLOB;
-- The compartment of the case that seals the reason; NULL: the key of the service.
ALTER TABLE approvals ADD COLUMN reason_compartment TEXT;
CREATE INDEX approvals_by_case ON approvals (case_id);
UPDATE approvals SET case_id = unhex(replace(coalesce(
    json_extract(parameters, '$.erasure.case_id'),
    json_extract(parameters, '$.consent_override.case_id'),
    json_extract(parameters, '$.takeover.case_id'),
    json_extract(parameters, '$.exclusion.case_id'),
    json_extract(parameters, '$.pathway_undo.case_id'),
    json_extract(parameters, '$.correction.case_id'),
    json_extract(parameters, '$.audit_export.case_id')
), '-', ''));
-- Reasons that an erasure left behind.
UPDATE approvals SET sealed_reason = x'' WHERE case_id IN (SELECT id FROM cases WHERE code LIKE 'erased-%');
