DROP TABLE excluded_grants;
DROP TABLE exclusions;
