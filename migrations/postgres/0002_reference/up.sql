CREATE TABLE compounds (
    id UUID PRIMARY KEY NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    reference TEXT UNIQUE,
    name TEXT NOT NULL,
    aliases JSONB NOT NULL,
    site_type TEXT NOT NULL,
    country TEXT NOT NULL,
    province TEXT,
    city TEXT,
    latitude DOUBLE PRECISION,
    longitude DOUBLE PRECISION,
    status TEXT NOT NULL,
    sources JSONB NOT NULL
);
CREATE INDEX compounds_by_created ON compounds (created_at, id);

-- One row for every place in a name where a search may begin, so that a search is a range over an index.
CREATE TABLE compound_terms (
    compound_id UUID NOT NULL REFERENCES compounds (id) ON DELETE CASCADE,
    term TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (term, compound_id)
);
CREATE INDEX compound_terms_by_compound ON compound_terms (compound_id);

CREATE TABLE operations (
    id UUID PRIMARY KEY NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    reference TEXT UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent_id UUID REFERENCES operations (id),
    country TEXT NOT NULL,
    localities JSONB NOT NULL,
    started_on TEXT,
    ended_on TEXT,
    date_precision TEXT NOT NULL,
    duration_days INTEGER,
    lead_authority TEXT,
    stated_total JSONB,
    counts JSONB NOT NULL,
    seizures JSONB NOT NULL,
    sources JSONB NOT NULL
);
CREATE INDEX operations_by_created ON operations (created_at, id);
CREATE INDEX operations_by_parent ON operations (parent_id);
