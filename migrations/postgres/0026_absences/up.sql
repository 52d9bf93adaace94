-- When somebody is away: their work is shown to their colleagues as that of nobody, and nothing new goes to them by itself.
CREATE TABLE absences (
    user_id UUID PRIMARY KEY NOT NULL REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID NOT NULL,
    version BIGINT NOT NULL,
    -- None: they are there.
    away_from DATE,
    -- The last day. None: until further notice.
    away_until DATE
);

-- That somebody handed all work of one user over to another one, and how much it was: the answer to a request that is repeated.
CREATE TABLE handovers (
    id UUID PRIMARY KEY NOT NULL,
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID NOT NULL,
    from_user_id UUID NOT NULL REFERENCES users (id),
    to_user_id UUID NOT NULL REFERENCES users (id),
    cases INTEGER NOT NULL,
    tasks INTEGER NOT NULL
);
CREATE INDEX handovers_by_organisation ON handovers (organisation_id);
CREATE INDEX handovers_by_user ON handovers (from_user_id);
CREATE INDEX handovers_by_target ON handovers (to_user_id);
