-- For how many months a child that is born here may stay before overstay counts; null: not known.
ALTER TABLE fine_rates ADD COLUMN newborn_months INTEGER;
-- An exit visa within three months of birth, then the daily fine: the Philippine embassy in Phnom Penh.
UPDATE fine_rates SET newborn_months = 3,
    source = COALESCE(source || '; ', '') || 'newborns: phnompenhpe.dfa.gov.ph/advisories/449-overstaying-in-cambodia'
WHERE country = 'KHM';
