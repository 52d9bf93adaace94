//! The state shared by the threads of the database, and the settings of a deployment.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::config::DatabaseUrl;
use crate::crypto::Keys;
use crate::db::engine::case_columns::CaseColumns;
use crate::db::engine::clock::Clock;
use crate::db::engine::integrity::Integrity;
use crate::db::engine::kept_keys::KeptKeys;
use crate::db::engine::name_index::NameIndex;
use crate::db::engine::outage::Outage;
use crate::db::engine::space::Space;
use crate::domain::accounts::policy::AccountPolicy;
use crate::domain::cases::attachment::AttachmentLimits;
use crate::domain::ids::InstanceId;
use crate::domain::people::matching::SearchBudget;
use crate::domain::repatriation::deadlines::ProcessRules;
use crate::domain::reporting::released::ReleaseRules;

/// The state that every thread of the database needs.
pub(in crate::db) struct Shared {
    pub(in crate::db) url: DatabaseUrl,
    pub(in crate::db) instance: InstanceId,
    pub(in crate::db) keys: Arc<Keys>,
    pub(in crate::db) clock: Clock,
    pub(in crate::db) statements: Arc<AtomicU64>,
    pub(in crate::db) outage: Outage,
    pub(in crate::db) space: Space,
    pub(in crate::db) integrity: Integrity,
    pub(in crate::db) rules: ProcessRules,
    pub(in crate::db) accounts: AccountPolicy,
    pub(in crate::db) names: NameIndex,
    pub(in crate::db) columns: CaseColumns,
    pub(in crate::db) kept_keys: KeptKeys,
    pub(in crate::db) searches: SearchBudget,
    pub(in crate::db) figures: ReleaseRules,
    pub(in crate::db) attachments: AttachmentLimits,
    pub(in crate::db) is_being_filled: bool,
}

/// The settings of this deployment, apart from the place of its data.
#[derive(Clone, Debug, Default)]
pub struct Deployment {
    /// Due dates of the process.
    pub rules: ProcessRules,
    pub clock: Clock,
    /// Seconds for which the figures of a report are kept; 0: they are counted for every request.
    pub report_seconds: u32,
    /// The conditions that accounts must meet before they open cases.
    pub accounts: AccountPolicy,
    /// Blind searches per day.
    pub searches: SearchBudget,
    /// What is told in released figures.
    pub figures: ReleaseRules,
    /// Limits on the number and size of attachments.
    pub attachments: AttachmentLimits,
    /// Whether a new database is being filled: an interrupted filling starts again from the beginning, so no write waits for the
    /// disk.
    pub is_being_filled: bool,
}
