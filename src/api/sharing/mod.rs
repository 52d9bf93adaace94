//! The operations of the area `sharing`: consents, denials, referrals, transfers and emergency access.

pub(in crate::api) mod access_events;
pub(in crate::api) mod consents;
pub(in crate::api) mod denials;
pub(in crate::api) mod emergency_accesses;
pub(in crate::api) mod referrals;
