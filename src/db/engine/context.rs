//! What every thread of the database needs, and what a deployment decides.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::config::DatabaseUrl;
use crate::crypto::Keys;
use crate::db::engine::clock::Clock;
use crate::db::engine::name_index::NameIndex;
use crate::domain::accounts::policy::AccountPolicy;
use crate::domain::cases::attachment::AttachmentLimits;
use crate::domain::people::matching::SearchBudget;
use crate::domain::repatriation::deadlines::ProcessRules;

/// What every thread of the database needs.
pub(in crate::db) struct Shared {
    pub(in crate::db) url: DatabaseUrl,
    pub(in crate::db) keys: Arc<Keys>,
    pub(in crate::db) clock: Clock,
    pub(in crate::db) statements: Arc<AtomicU64>,
    pub(in crate::db) rules: ProcessRules,
    pub(in crate::db) accounts: AccountPolicy,
    pub(in crate::db) names: NameIndex,
    pub(in crate::db) searches: SearchBudget,
    pub(in crate::db) attachments: AttachmentLimits,
    pub(in crate::db) is_being_filled: bool,
}

/// What this deployment decided, apart from where its data is.
#[derive(Clone, Debug, Default)]
pub struct Deployment {
    /// Due dates of the process.
    pub rules: ProcessRules,
    /// The time.
    pub clock: Clock,
    /// Seconds that the figures of a report may be old; 0: they are counted for every request.
    pub report_seconds: u32,
    /// What is asked of accounts before they open cases.
    pub accounts: AccountPolicy,
    /// Blind searches a day.
    pub searches: SearchBudget,
    /// How much of files is kept.
    pub attachments: AttachmentLimits,
    /// Whether a new database is being filled: what breaks off then is begun anew, so no write waits for the disk.
    pub is_being_filled: bool,
}
