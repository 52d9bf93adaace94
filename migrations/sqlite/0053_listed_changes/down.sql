DELETE FROM sqlite_stat1 WHERE tbl IN ('case_grants', 'cases');
ANALYZE sqlite_schema;
DROP TRIGGER cases_changed;
DROP TRIGGER case_grants_changed;
DROP TRIGGER case_grants_withdrawn;
DROP TRIGGER case_grants_given;
DROP TABLE listed_changes;
