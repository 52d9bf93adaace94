-- What the press, ministries and courts say, one row for each who says it: an estimate, a sanction, a price, an advisory. They contradict
-- each other and stand side by side. One table for all kinds, because they are read, filtered and dated alike, and differ in what they
-- count: that is in "figures". "first_day" and "last_day" are what "happened_on", "ended_on" or the day of publication can mean.
CREATE TABLE statements (
    id BLOB NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    reference TEXT UNIQUE,
    kind TEXT NOT NULL,
    topic TEXT NOT NULL,
    said TEXT NOT NULL,
    asserted_by TEXT,
    reliability TEXT NOT NULL,
    country TEXT,
    region TEXT,
    states TEXT NOT NULL,
    nationalities TEXT NOT NULL,
    subject TEXT,
    audience TEXT,
    codes TEXT NOT NULL,
    figures TEXT NOT NULL,
    happened_on TEXT,
    ended_on TEXT,
    date_precision TEXT NOT NULL,
    is_date_inferred INTEGER NOT NULL,
    first_day TEXT,
    last_day TEXT,
    operation_id BLOB REFERENCES operations (id),
    compound_id BLOB REFERENCES compounds (id),
    publisher TEXT NOT NULL,
    source TEXT NOT NULL
) STRICT;
CREATE INDEX statements_by_created ON statements (created_at, id);
CREATE INDEX statements_by_operation ON statements (operation_id);
CREATE INDEX statements_by_compound ON statements (compound_id);
