//! Tests of the area sharing.

pub mod access_races;
pub mod consents_and_referrals;
pub mod denials;
pub mod emergency_bars;
pub mod emergency_codes;
pub mod exclusions;
pub mod kept_keys;
pub mod overrides;
pub mod person_lock;
pub mod takeovers;
