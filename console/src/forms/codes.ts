// Codes that several screens offer, in the order in which they are offered.

import type { S } from '../generated/schema';

/** The road of a case, from its beginning to its end. */
export const STAGES: readonly S.Stage[] = ['registered', 'screened', 'mission_contacted', 'nationality_verified', 'clearing', 'departure_scheduled', 'departed', 'arrived', 'reintegration', 'completed'];
export const CASE_STATUSES: readonly S.CaseStatus[] = ['active', 'follow_up', 'closed', 'closed_referred'];
export const RISKS: readonly S.RiskLevel[] = ['low', 'medium', 'high', 'imminent'];
export const GENDERS: readonly S.Gender[] = ['feminine', 'masculine', 'transgender_feminine', 'transgender_masculine', 'non_conforming', 'non_specified_unknown'];
export const COMPARTMENTS: readonly S.Compartment[] = ['identity', 'contact', 'location', 'health', 'narrative', 'protection'];
export const COMPOUND_STATUSES: readonly S.CompoundStatus[] = ['active', 'suspected', 'raided', 'emptied', 'relocated', 'closed', 'unknown'];
