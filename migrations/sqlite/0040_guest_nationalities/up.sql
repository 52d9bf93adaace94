-- Lists and figures of a guest mission go by the nationality that the person claims, and not by what another mission verified.
UPDATE case_grants SET nationality = (SELECT nationality_claimed FROM cases WHERE cases.id = case_grants.case_id)
WHERE organisation_id IN (SELECT id FROM organisations WHERE kind = 'diplomatic_mission')
  AND EXISTS (
    SELECT 1 FROM cases
    WHERE cases.id = case_grants.case_id AND cases.owner_id <> case_grants.organisation_id AND cases.nationality_verified IS NOT NULL
      AND NOT EXISTS (
        SELECT 1 FROM nationality_verifications AS own
        WHERE own.case_id = cases.id AND own.mission_id = case_grants.organisation_id
          AND own.claimed_state = cases.nationality_verified AND own.result = 'verified'
      )
  );
