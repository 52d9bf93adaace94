UPDATE fine_rates SET source = NULLIF(REPLACE(REPLACE(source,
    '; newborns: phnompenhpe.dfa.gov.ph/advisories/449-overstaying-in-cambodia', ''),
    'newborns: phnompenhpe.dfa.gov.ph/advisories/449-overstaying-in-cambodia', ''), '')
WHERE country = 'KHM';
ALTER TABLE fine_rates DROP COLUMN newborn_months;
