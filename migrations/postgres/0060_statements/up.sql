-- What the press, ministries and courts say, one row for each who says it: an estimate, a sanction, a price, an advisory. They contradict
-- each other and stand side by side. One table for all kinds, because they are read, filtered and dated alike, and differ in what they
-- count: that is in "figures". "first_day" and "last_day" are what "happened_on", "ended_on" or the day of publication can mean.
CREATE TABLE statements (
    id UUID NOT NULL PRIMARY KEY,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    reference TEXT UNIQUE,
    kind TEXT NOT NULL,
    topic TEXT NOT NULL,
    said TEXT NOT NULL,
    asserted_by TEXT,
    reliability TEXT NOT NULL,
    country TEXT,
    region TEXT,
    states JSONB NOT NULL,
    nationalities JSONB NOT NULL,
    subject TEXT,
    audience TEXT,
    codes JSONB NOT NULL,
    figures JSONB NOT NULL,
    happened_on TEXT,
    ended_on TEXT,
    date_precision TEXT NOT NULL,
    is_date_inferred BOOLEAN NOT NULL,
    first_day DATE,
    last_day DATE,
    operation_id UUID REFERENCES operations (id),
    compound_id UUID REFERENCES compounds (id),
    publisher TEXT NOT NULL,
    source JSONB NOT NULL
);
CREATE INDEX statements_by_created ON statements (created_at, id);
CREATE INDEX statements_by_operation ON statements (operation_id);
CREATE INDEX statements_by_compound ON statements (compound_id);
