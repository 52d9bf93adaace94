UPDATE clients SET scopes = replace(scopes, ' statistics:exact', '') WHERE scopes LIKE '%statistics:exact%';
DROP TABLE release_questions;
DROP TABLE statistics_releases;
