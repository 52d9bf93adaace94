//! Rules about records that ask the facts of the case. What makes a record sound by itself stands with the record.

mod arrival;
mod assistance;
mod birth;
mod child;
mod clearance;
mod death;
mod decision;
mod host_episode;
mod kin;
mod movement;
mod payment;
mod placement;
mod screening;
mod status;
mod travel_document;

use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::records::record::CaseRecord;
use crate::domain::repatriation::records::{
    Charge, Detention, FamilyContact, FitToTravel, FollowUp, HealthScreening, LegalHold, Letter, MoneyEvent, ProtectionOutcome, Recruiter,
    RiskAssessment, SupportPlan,
};
use crate::domain::violation::Violation;

/// What the facts of a case say about a record.
pub trait RecordRules: CaseRecord {
    /// What forbids it on this case: `before` is what it changes, none for a new one; the facts are those before it.
    fn refusals(&self, _before: Option<&Self>, _facts: &Facts) -> Vec<Violation> {
        Vec::new()
    }

    /// Fills in what the system computes.
    fn complete(&mut self, _facts: &Facts) {}
}

impl RecordRules for RiskAssessment {}
impl RecordRules for FitToTravel {}
impl RecordRules for Detention {}
impl RecordRules for Charge {}
impl RecordRules for LegalHold {}
impl RecordRules for ProtectionOutcome {}
impl RecordRules for SupportPlan {}
impl RecordRules for FollowUp {}
impl RecordRules for FamilyContact {}
impl RecordRules for Recruiter {}
impl RecordRules for MoneyEvent {}
impl RecordRules for Letter {}
impl RecordRules for HealthScreening {}
