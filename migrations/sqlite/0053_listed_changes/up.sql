-- Which cases changed in what lists filter, sort and count by, for the columns that each instance keeps in memory. Numbered as they are
-- committed: there is one writer. The database writes it itself, so that no way of changing a case can forget it. Old rows are deleted.
CREATE TABLE listed_changes (
    position INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    -- None: somebody was erased, of whom no id is kept.
    case_id BLOB
) STRICT;

-- A grant that stands for its organisation in lists.
CREATE TRIGGER case_grants_given AFTER INSERT ON case_grants WHEN NEW.is_primary
BEGIN
    INSERT INTO listed_changes (case_id) VALUES (NEW.case_id);
END;
CREATE TRIGGER case_grants_withdrawn AFTER DELETE ON case_grants WHEN OLD.is_primary
BEGIN
    INSERT INTO listed_changes (case_id) VALUES (OLD.case_id);
END;
CREATE TRIGGER case_grants_changed
AFTER UPDATE OF case_id, organisation_id, is_primary, expires_at, registered_at, changed_at, risk_rank, nationality, stage ON case_grants
WHEN (OLD.is_primary OR NEW.is_primary) AND (
    OLD.case_id IS NOT NEW.case_id OR OLD.organisation_id IS NOT NEW.organisation_id OR OLD.is_primary IS NOT NEW.is_primary
    OR OLD.expires_at IS NOT NEW.expires_at OR OLD.registered_at IS NOT NEW.registered_at OR OLD.changed_at IS NOT NEW.changed_at
    OR OLD.risk_rank IS NOT NEW.risk_rank OR OLD.nationality IS NOT NEW.nationality OR OLD.stage IS NOT NEW.stage)
BEGIN
    INSERT INTO listed_changes (case_id) VALUES (NEW.case_id);
    INSERT INTO listed_changes (case_id) SELECT OLD.case_id WHERE OLD.case_id IS NOT NEW.case_id;
END;

-- The fields of the case itself. A lock sets none of them.
CREATE TRIGGER cases_changed
AFTER UPDATE OF registered_on, owner_id, assigned_to, status, closure_reason, intake_channel, exit_mode, host_country, gender, is_child,
    risk_level, trafficking_status, compound_id, operation_id, side_state ON cases
WHEN OLD.registered_on IS NOT NEW.registered_on OR OLD.owner_id IS NOT NEW.owner_id OR OLD.assigned_to IS NOT NEW.assigned_to
    OR OLD.status IS NOT NEW.status OR OLD.closure_reason IS NOT NEW.closure_reason OR OLD.intake_channel IS NOT NEW.intake_channel
    OR OLD.exit_mode IS NOT NEW.exit_mode OR OLD.host_country IS NOT NEW.host_country OR OLD.gender IS NOT NEW.gender
    OR OLD.is_child IS NOT NEW.is_child OR OLD.risk_level IS NOT NEW.risk_level OR OLD.trafficking_status IS NOT NEW.trafficking_status
    OR OLD.compound_id IS NOT NEW.compound_id OR OLD.operation_id IS NOT NEW.operation_id OR OLD.side_state IS NOT NEW.side_state
BEGIN
    INSERT INTO listed_changes (case_id) VALUES (NEW.id);
END;

-- What SQLite must know to find fifty cases by their ids and not by reading all of an organisation: without statistics it takes an
-- organisation for ten rows. Written by hand, so that a query is answered the same way on every database, however full it is. A nationality
-- or a stage is nearly all of an organisation here, and a country or a compound more than one: so a list keeps to the index of its order.
-- Makes the table of statistics, where there is none yet.
ANALYZE listed_changes;
DELETE FROM sqlite_stat1 WHERE tbl IN ('case_grants', 'cases');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('case_grants', 'sqlite_autoindex_case_grants_1', '1000000 3 1 1'),
    ('case_grants', 'case_grants_primary', '1000000 3 1'),
    ('case_grants', 'case_grants_by_registered', '1000000 40000 40000 2 1'),
    ('case_grants', 'case_grants_by_changed', '1000000 40000 40000 2 1'),
    ('case_grants', 'case_grants_by_risk', '1000000 40000 40000 10000 1'),
    ('case_grants', 'case_grants_by_nationality', '1000000 40000 40000 36000 2 1'),
    ('case_grants', 'case_grants_by_stage', '1000000 40000 40000 36000 2 1'),
    ('case_grants', 'case_grants_by_funnel', '1000000 40000 40000 500 200 50 50'),
    ('case_grants', 'case_grants_by_end', '1000000 2'),
    ('case_grants', 'case_grants_unfollowed', '1000000 1'),
    ('cases', 'sqlite_autoindex_cases_1', '1000000 1'),
    ('cases', 'sqlite_autoindex_cases_2', '1000000 1'),
    ('cases', 'cases_by_person', '1000000 2'),
    ('cases', 'cases_by_previous', '1000000 2'),
    ('cases', 'cases_by_owner', '1000000 200000'),
    ('cases', 'cases_by_operation', '1000000 200000 100000'),
    ('cases', 'cases_by_updated', '1000000 2 1'),
    ('cases', 'cases_by_compound', '1000000 200000'),
    ('cases', 'cases_by_assigned', '1000000 200000'),
    ('cases', 'cases_by_host_country', '1000000 200000');
ANALYZE sqlite_schema;
