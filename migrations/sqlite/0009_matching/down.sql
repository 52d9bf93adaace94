DROP INDEX cases_by_updated;
DROP TABLE mission_reports;
DROP TABLE tracing_matches;
DROP TABLE tracing_requests;
DROP TABLE search_budgets;
DROP TABLE duplicate_pairs;
DROP TABLE matching_queue;
