DROP TABLE login_throttles;
DROP TABLE signing_keys;
DROP TABLE sessions;
DROP TABLE users;
DROP TABLE mission_coverage;
DROP TABLE missions;
DROP TABLE organisations;
