DROP TABLE exports;
DROP TABLE approvals;
