DROP TABLE audit_readers;
