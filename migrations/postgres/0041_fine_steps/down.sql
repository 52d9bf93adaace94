ALTER TABLE fine_ledger DROP COLUMN may_be_exempt;
ALTER TABLE fine_ledger DROP COLUMN settled_amount;
ALTER TABLE fine_ledger DROP COLUMN settled_percent;
ALTER TABLE fine_rates DROP COLUMN exempt_under_age;
ALTER TABLE fine_rates DROP COLUMN schedule;
