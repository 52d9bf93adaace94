ALTER TABLE audit_entries DROP COLUMN client_id;
DROP TABLE used_assertions;
DROP TABLE machine_sessions;
DROP TABLE client_secrets;
DROP TABLE clients;
