DROP TABLE operations;
DROP TABLE compound_terms;
DROP TABLE compounds;
