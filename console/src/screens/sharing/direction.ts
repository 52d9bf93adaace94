// Who is to answer: the other side of an offer, and the owner of a case that is asked for.

import type { S } from '../../generated/schema';

export const isForUs = (one: Pick<S.Referral, 'kind' | 'owner_id' | 'other_id'>, own: string): boolean => (one.kind === 'transfer_request' ? one.owner_id : one.other_id) === own;

/** Newest first, of two lists that are so already. */
export const newestFirst = (all: readonly S.Referral[]): readonly S.Referral[] => [...all].sort((one, other) => other.created_at.localeCompare(one.created_at));
