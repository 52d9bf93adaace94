//! Who may see what: consent, denial, and the one function that decides. Pure; `db::sharing` gathers what it looks at and does
//! what it says.

mod authority;
mod consent;
mod decide;
mod emergency;
mod preview;
mod referral;

pub use authority::{ACCESS_ACTS, ACCESS_BY_RULE, AccessAct, AccessRule, Authority, SecondPerson, Told, operations_kept_from_owners};
pub use consent::{Candidate, Consent, ConsentWording, Disclosures, Recipient};
pub use decide::{Claim, Share, Standing, decide};
pub use emergency::PastEmergency;
pub use preview::AgeBand;
pub use referral::{Side, may_go, next_steps};

/// Hours for which emergency access lasts (DOMAIN §4, rule 5). Nobody extends it.
pub const EMERGENCY_HOURS: i64 = 3;

/// Seconds within which a user shuts a mission out of one case of another organisation alone: a further one needs a second person.
pub const EXCLUSION_SECONDS: i64 = 3600;

/// Characters that the reason of an emergency access, or of an override, has at least.
pub const REASON_LENGTH: u64 = 20;

#[cfg(test)]
mod tests;
