-- The user who had a task and left, until somebody else has it: a handover finds it by this.
ALTER TABLE tasks ADD COLUMN left_by UUID;
CREATE INDEX tasks_by_left ON tasks (left_by);

-- The case that an act names, so that the reason is read by whoever sees the case, and ends with the person's data.
ALTER TABLE approvals ADD COLUMN case_id UUID;
-- The compartment of the case that seals the reason; NULL: the key of the service.
ALTER TABLE approvals ADD COLUMN reason_compartment TEXT;
CREATE INDEX approvals_by_case ON approvals (case_id);
UPDATE approvals SET case_id = coalesce(
    parameters::json #>> '{erasure,case_id}',
    parameters::json #>> '{consent_override,case_id}',
    parameters::json #>> '{takeover,case_id}',
    parameters::json #>> '{exclusion,case_id}',
    parameters::json #>> '{pathway_undo,case_id}',
    parameters::json #>> '{correction,case_id}',
    parameters::json #>> '{audit_export,case_id}'
)::uuid;
-- Reasons that an erasure left behind.
UPDATE approvals SET sealed_reason = '' WHERE case_id IN (SELECT id FROM cases WHERE code LIKE 'erased-%');
