DROP TABLE waiver_request_members;
DROP TABLE waiver_requests;
