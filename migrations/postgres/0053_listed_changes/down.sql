DROP TRIGGER cases_changed ON cases;
DROP TRIGGER case_grants_emptied ON case_grants;
DROP TRIGGER case_grants_changed ON case_grants;
DROP TRIGGER case_grants_withdrawn ON case_grants;
DROP TRIGGER case_grants_given ON case_grants;
DROP FUNCTION note_listed_case();
DROP FUNCTION note_all_listed();
DROP FUNCTION note_listed_grant();
DROP TABLE listed_changes;
