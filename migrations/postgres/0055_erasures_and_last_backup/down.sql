DROP TABLE last_backup;
DROP TABLE erasures;
