-- What a rate asks by the day of overstay: steps and fixed bands; null: the daily amount alone.
ALTER TABLE fine_rates ADD COLUMN schedule JSONB;
-- Who is younger on the day of departure owes nothing; null: no exemption by age.
ALTER TABLE fine_rates ADD COLUMN exempt_under_age INTEGER;

-- What is settled without payment, by deportation or in detention: no relief, so counted apart from what is waived.
ALTER TABLE fine_ledger ADD COLUMN settled_percent INTEGER;
ALTER TABLE fine_ledger ADD COLUMN settled_amount BIGINT NOT NULL DEFAULT 0;
-- Whether an exemption by age may apply; then the fine is computed from the case itself, so that no age stands here.
ALTER TABLE fine_ledger ADD COLUMN may_be_exempt BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE fine_ledger SET may_be_exempt = TRUE
WHERE case_id IN (SELECT id FROM cases WHERE is_child = TRUE);
