DROP TABLE case_relations;
