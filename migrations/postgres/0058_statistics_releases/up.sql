-- Released figures: numbered for each organisation, and never changed. The counts behind them are exact, by the coarse facts that can be asked
-- for and by no id; they stand here sealed. Only the rounded number of records is in the clear.
CREATE TABLE statistics_releases (
    id UUID NOT NULL PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    number INTEGER NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    made_by UUID REFERENCES users (id),
    smallest_group INTEGER NOT NULL,
    records_rounded INTEGER NOT NULL,
    sealed_counts BYTEA NOT NULL,
    UNIQUE (organisation_id, number)
);
CREATE INDEX statistics_releases_by_user ON statistics_releases (made_by);

-- What a user or a client asked about a release today: different questions are counted, and one that is asked again is not. Codes and values
-- of reference data; what was asked on earlier days is deleted.
CREATE TABLE release_questions (
    release_id UUID NOT NULL REFERENCES statistics_releases (id),
    subject_id UUID NOT NULL,
    day DATE NOT NULL,
    question TEXT NOT NULL,
    PRIMARY KEY (release_id, subject_id, day, question)
);
CREATE INDEX release_questions_by_day ON release_questions (day);

-- Machines that read cases and figures were given exact ones: they keep them, under the name that these have now.
UPDATE clients SET scopes = scopes || ' statistics:exact' WHERE scopes LIKE '%case:read%' AND scopes LIKE '%statistics:read%';
