-- What the person answered when consent was asked. Never changed but to be withdrawn; who gave it and how is sealed.
CREATE TABLE consents (
    id BLOB PRIMARY KEY NOT NULL,
    person_id BLOB NOT NULL REFERENCES persons (id),
    case_id BLOB NOT NULL REFERENCES cases (id),
    organisation_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    created_by BLOB,
    version INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    answer TEXT NOT NULL,
    recipient_scope TEXT NOT NULL,
    recipient_id BLOB,
    recipient_kind TEXT,
    recipient_country TEXT,
    compartments INTEGER NOT NULL,
    given_on TEXT NOT NULL,
    expires_at INTEGER,
    withdrawn_at INTEGER,
    withdrawn_by BLOB,
    override_basis TEXT,
    override_approver BLOB,
    is_over INTEGER NOT NULL,
    sealed_details BLOB NOT NULL
) STRICT;
CREATE INDEX consents_by_person ON consents (person_id, created_at, id);
CREATE INDEX consents_by_case ON consents (case_id);
CREATE INDEX consents_by_end ON consents (expires_at) WHERE NOT is_over;

-- Whom a person never wants to see their case. Whom, and why, is sealed: a stolen database names no embassy.
CREATE TABLE denials (
    id BLOB PRIMARY KEY NOT NULL,
    person_id BLOB NOT NULL REFERENCES persons (id),
    case_id BLOB NOT NULL REFERENCES cases (id),
    organisation_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    created_by BLOB,
    version INTEGER NOT NULL,
    lifted_at INTEGER,
    sealed_details BLOB NOT NULL
) STRICT;
CREATE INDEX denials_by_case ON denials (case_id);
CREATE INDEX denials_by_person ON denials (person_id, created_at, id);

-- Referrals, transfers and requests for one.
CREATE TABLE referrals (
    id BLOB PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    case_id BLOB NOT NULL REFERENCES cases (id),
    owner_id BLOB NOT NULL REFERENCES organisations (id),
    other_id BLOB NOT NULL REFERENCES organisations (id),
    created_at INTEGER NOT NULL,
    created_by BLOB,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    service TEXT,
    urgency TEXT NOT NULL,
    compartments INTEGER NOT NULL,
    consent_id BLOB REFERENCES consents (id),
    status TEXT NOT NULL,
    sent_at INTEGER,
    answered_at INTEGER,
    closed_at INTEGER,
    answer_by INTEGER NOT NULL,
    expires_at INTEGER,
    sealed_details BLOB NOT NULL
) STRICT;
CREATE INDEX referrals_by_case ON referrals (case_id, created_at, id);
CREATE INDEX referrals_by_consent ON referrals (consent_id);
CREATE INDEX referrals_by_owner ON referrals (owner_id, created_at, id);
CREATE INDEX referrals_by_other ON referrals (other_id, created_at, id);
CREATE INDEX referrals_by_end ON referrals (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX referrals_by_answer ON referrals (answer_by) WHERE status IN ('draft', 'in_progress');
CREATE UNIQUE INDEX referrals_one_transfer ON referrals (case_id) WHERE kind = 'transfer' AND status IN ('draft', 'in_progress');

-- Emergency access: hours, one user, and a review.
CREATE TABLE emergency_accesses (
    id BLOB PRIMARY KEY NOT NULL,
    case_id BLOB NOT NULL REFERENCES cases (id),
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    owner_id BLOB NOT NULL REFERENCES organisations (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    compartments INTEGER NOT NULL,
    version INTEGER NOT NULL,
    verdict TEXT,
    reviewed_at INTEGER,
    reviewed_by BLOB,
    sealed_details BLOB NOT NULL
) STRICT;
CREATE INDEX emergency_accesses_by_case ON emergency_accesses (case_id);
CREATE INDEX emergency_accesses_by_user ON emergency_accesses (user_id);
CREATE INDEX emergency_accesses_by_owner ON emergency_accesses (owner_id, created_at, id);
CREATE INDEX emergency_accesses_by_organisation ON emergency_accesses (organisation_id, created_at, id);

-- What an organisation is told about access. No personal data.
CREATE TABLE access_events (
    id BLOB PRIMARY KEY NOT NULL,
    organisation_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    case_id BLOB NOT NULL,
    case_code TEXT NOT NULL,
    happened_at INTEGER NOT NULL
) STRICT;
CREATE INDEX access_events_by_organisation ON access_events (organisation_id, happened_at, id);

CREATE INDEX case_grants_by_end ON case_grants (expires_at) WHERE expires_at IS NOT NULL;

-- Data protection is a duty of some supervisors.
ALTER TABLE users ADD COLUMN data_protection INTEGER NOT NULL DEFAULT 0;
