DROP TABLE case_nationalities;
