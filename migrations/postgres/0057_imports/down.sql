DROP TABLE import_profiles;
DROP TABLE import_rows;
DROP TABLE imports;
