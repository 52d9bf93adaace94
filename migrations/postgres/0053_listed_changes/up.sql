-- Which cases changed in what lists filter, sort and count by, for the columns that each instance keeps in memory. The position is the
-- number of the transaction: those that are over, and those that are not, are known to the database without any clock. The database
-- writes it itself, so that no way of changing a case can forget it. Old rows are deleted.
CREATE TABLE listed_changes (
    position BIGINT NOT NULL DEFAULT txid_current(),
    -- None: somebody was erased, of whom no id is kept.
    case_id UUID
);
CREATE INDEX listed_changes_by_position ON listed_changes (position);

CREATE FUNCTION note_listed_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO listed_changes (case_id) VALUES (OLD.case_id);
    ELSE
        INSERT INTO listed_changes (case_id) VALUES (NEW.case_id);
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.case_id <> NEW.case_id THEN
        INSERT INTO listed_changes (case_id) VALUES (OLD.case_id);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION note_all_listed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO listed_changes (case_id) VALUES (NULL);
    RETURN NULL;
END $$;

CREATE FUNCTION note_listed_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO listed_changes (case_id) VALUES (NEW.id);
    RETURN NULL;
END $$;

-- A grant that stands for its organisation in lists.
CREATE TRIGGER case_grants_given AFTER INSERT ON case_grants FOR EACH ROW WHEN (NEW.is_primary) EXECUTE FUNCTION note_listed_grant();
CREATE TRIGGER case_grants_withdrawn AFTER DELETE ON case_grants FOR EACH ROW WHEN (OLD.is_primary) EXECUTE FUNCTION note_listed_grant();
CREATE TRIGGER case_grants_changed
AFTER UPDATE OF case_id, organisation_id, is_primary, expires_at, registered_at, changed_at, risk_rank, nationality, stage ON case_grants
FOR EACH ROW WHEN ((OLD.is_primary OR NEW.is_primary) AND
    (OLD.case_id, OLD.organisation_id, OLD.is_primary, OLD.expires_at, OLD.registered_at, OLD.changed_at, OLD.risk_rank, OLD.nationality,
     OLD.stage)
    IS DISTINCT FROM
    (NEW.case_id, NEW.organisation_id, NEW.is_primary, NEW.expires_at, NEW.registered_at, NEW.changed_at, NEW.risk_rank, NEW.nationality,
     NEW.stage)
) EXECUTE FUNCTION note_listed_grant();
CREATE TRIGGER case_grants_emptied AFTER TRUNCATE ON case_grants FOR EACH STATEMENT EXECUTE FUNCTION note_all_listed();

-- The fields of the case itself. A lock sets none of them.
CREATE TRIGGER cases_changed
AFTER UPDATE OF registered_on, owner_id, assigned_to, status, closure_reason, intake_channel, exit_mode, host_country, gender, is_child,
    risk_level, trafficking_status, compound_id, operation_id, side_state ON cases
FOR EACH ROW WHEN (
    (OLD.registered_on, OLD.owner_id, OLD.assigned_to, OLD.status, OLD.closure_reason, OLD.intake_channel, OLD.exit_mode, OLD.host_country,
     OLD.gender, OLD.is_child, OLD.risk_level, OLD.trafficking_status, OLD.compound_id, OLD.operation_id, OLD.side_state)
    IS DISTINCT FROM
    (NEW.registered_on, NEW.owner_id, NEW.assigned_to, NEW.status, NEW.closure_reason, NEW.intake_channel, NEW.exit_mode, NEW.host_country,
     NEW.gender, NEW.is_child, NEW.risk_level, NEW.trafficking_status, NEW.compound_id, NEW.operation_id, NEW.side_state)
) EXECUTE FUNCTION note_listed_case();
