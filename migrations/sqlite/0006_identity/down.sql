DROP TABLE conduct_acceptances;
DROP TABLE password_resets;
DROP TABLE recovery_codes;
DROP TABLE second_factors;
ALTER TABLE sessions DROP COLUMN authenticated_at;
