DROP TABLE merged_grants;
DROP TABLE merges;
