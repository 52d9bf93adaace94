-- What was taken away is copied again with the next change of each case.
SELECT 1;
