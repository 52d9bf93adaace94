CREATE TABLE compounds (
    id BLOB PRIMARY KEY NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    reference TEXT UNIQUE,
    name TEXT NOT NULL,
    aliases TEXT NOT NULL,
    site_type TEXT NOT NULL,
    country TEXT NOT NULL,
    province TEXT,
    city TEXT,
    latitude REAL,
    longitude REAL,
    status TEXT NOT NULL,
    sources TEXT NOT NULL
) STRICT;
CREATE INDEX compounds_by_created ON compounds (created_at, id);

-- One row for every place in a name where a search may begin, so that a search is a range over an index.
CREATE TABLE compound_terms (
    compound_id BLOB NOT NULL REFERENCES compounds (id) ON DELETE CASCADE,
    term TEXT NOT NULL,
    PRIMARY KEY (term, compound_id)
) STRICT;
CREATE INDEX compound_terms_by_compound ON compound_terms (compound_id);

CREATE TABLE operations (
    id BLOB PRIMARY KEY NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    reference TEXT UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent_id BLOB REFERENCES operations (id),
    country TEXT NOT NULL,
    localities TEXT NOT NULL,
    started_on TEXT,
    ended_on TEXT,
    date_precision TEXT NOT NULL,
    duration_days INTEGER,
    lead_authority TEXT,
    stated_total TEXT,
    counts TEXT NOT NULL,
    seizures TEXT NOT NULL,
    sources TEXT NOT NULL
) STRICT;
CREATE INDEX operations_by_created ON operations (created_at, id);
CREATE INDEX operations_by_parent ON operations (parent_id);
