//! The fields of a case that are stored in the clear, as two cases of one person have them together.

use serde::{Deserialize, Serialize};

use crate::db::Tx;
use crate::db::casefile::assignees::{self, CaseAssignee};
use crate::db::casefile::row::CaseRow;
use crate::db::casefile::{earlier_words, leaving};
use crate::domain::codes::*;
use crate::domain::country::Country;
use crate::domain::dates::PartialDate;
use crate::domain::ids::{CompoundId, OperationId, UserId};
use crate::domain::nationalities::ClaimedNationalities;
use crate::domain::people::joining::Join;
use crate::error::Result;

/// The plain fields that a merge joins. The others tell how the case itself came about, or follow from its records and its person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlainFacts {
    risk_level: RiskLevel,
    trafficking_status: TraffickingStatus,
    immigration_status: ImmigrationStatus,
    #[serde(default, deserialize_with = "earlier_words::exit_mode")]
    exit_mode: Option<ExitMode>,
    exited_on: Option<PartialDate>,
    #[serde(rename = "nationality_claimed")]
    claimed: Option<ClaimedNationalities>,
    nationality_verified: Option<Country>,
    gender: Gender,
    screening_skipped: Option<ScreeningSkipped>,
    compound_id: Option<CompoundId>,
    operation_id: Option<OperationId>,
    assigned_to: Option<UserId>,
}

impl PlainFacts {
    /// Those of a case. Names every field of a case, so that a new one is not forgotten.
    pub fn of(row: &CaseRow) -> Self {
        let CaseRow {
            risk_level,
            trafficking_status,
            immigration_status,
            exit_mode,
            exited_on,
            claimed,
            nationality_verified,
            gender,
            screening_skipped,
            compound_id,
            operation_id,
            assigned_to,
            // The case itself.
            id: _,
            code: _,
            person_id: _,
            previous_case_id: _,
            created_at: _,
            created_by: _,
            updated_at: _,
            version: _,
            registered_on: _,
            owner_id: _,
            status: _,
            closure_reason: _,
            closed_on: _,
            intake_channel: _,
            host_country: _,
            // Follow from the person.
            birth_year: _,
            is_child: _,
            // A case that is further goes on itself.
            stage: _,
            side_state: _,
            stage_since: _,
        } = row.clone();
        Self {
            risk_level,
            trafficking_status,
            immigration_status,
            exit_mode,
            exited_on,
            claimed,
            nationality_verified,
            gender,
            screening_skipped,
            compound_id,
            operation_id,
            assigned_to: assigned_to.map(CaseAssignee::user),
        }
    }

    /// Gives them to a case. An assignee who left meanwhile is not assigned again: the process asks for another one.
    pub fn write_to(self, tx: &mut Tx<'_>, row: &mut CaseRow) -> Result<()> {
        let Self {
            risk_level,
            trafficking_status,
            immigration_status,
            exit_mode,
            exited_on,
            claimed,
            nationality_verified,
            gender,
            screening_skipped,
            compound_id,
            operation_id,
            assigned_to,
        } = self;
        row.risk_level = risk_level;
        row.trafficking_status = trafficking_status;
        row.immigration_status = immigration_status;
        row.exit_mode = exit_mode;
        row.exited_on = exited_on;
        row.claimed = claimed;
        row.nationality_verified = nationality_verified;
        row.gender = gender;
        row.screening_skipped = screening_skipped;
        row.compound_id = compound_id;
        row.operation_id = operation_id;
        if assigned_to != row.assigned_to.map(CaseAssignee::user) {
            row.assigned_to = assignees::once(tx, row.owner_id, assigned_to)?.map(CaseAssignee::from);
            if let Some(left) = assigned_to.filter(|_| row.assigned_to.is_none()) {
                leaving::ask_for_assignment(tx, std::slice::from_ref(row), left)?;
            }
        }
        Ok(())
    }
}

/// The first date, unless the other one says the same more exactly.
fn finer(one: Option<PartialDate>, other: Option<PartialDate>) -> Option<PartialDate> {
    match (one, other) {
        (Some(one), Some(other)) if one.is_refined_by(other) => Some(other),
        (one, other) => one.or(other),
    }
}

impl Join for PlainFacts {
    fn joined(self, other: Self) -> Self {
        Self {
            risk_level: graver(self.risk_level, other.risk_level),
            trafficking_status: firmer(self.trafficking_status, other.trafficking_status),
            immigration_status: if self.immigration_status == ImmigrationStatus::Unknown {
                other.immigration_status
            } else {
                self.immigration_status
            },
            // What nobody knew gives way to what one of them said.
            exit_mode: self.exit_mode.filter(|mode| *mode != ExitMode::Unknown).or(other.exit_mode).or(self.exit_mode),
            exited_on: finer(self.exited_on, other.exited_on),
            claimed: both(self.claimed, other.claimed),
            nationality_verified: self.nationality_verified.or(other.nationality_verified),
            gender: if self.gender == Gender::UNKNOWN { other.gender } else { self.gender },
            screening_skipped: self.screening_skipped.or(other.screening_skipped),
            compound_id: self.compound_id.or(other.compound_id),
            operation_id: self.operation_id.or(other.operation_id),
            assigned_to: self.assigned_to.or(other.assigned_to),
        }
    }
}

fn both(one: Option<ClaimedNationalities>, other: Option<ClaimedNationalities>) -> Option<ClaimedNationalities> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.joined(other)),
        (one, other) => one.or(other),
    }
}

fn graver(one: RiskLevel, other: RiskLevel) -> RiskLevel {
    let rank = |level| RiskLevel::ALL.iter().position(|known| *known == level);
    if rank(other) > rank(one) { other } else { one }
}

/// The status that protects the person more: that somebody may be a victim is not lost because another desk did not ask.
fn firmer(one: TraffickingStatus, other: TraffickingStatus) -> TraffickingStatus {
    let rank = |status| match status {
        TraffickingStatus::Unscreened => 0,
        TraffickingStatus::NotIdentified => 1,
        TraffickingStatus::DeclinedIdentification => 2,
        TraffickingStatus::Possible => 3,
        TraffickingStatus::Presumed => 4,
        TraffickingStatus::FormallyIdentified => 5,
    };
    if rank(other) > rank(one) { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stricter_of_two_facts_holds_whichever_case_goes_on() {
        for (one, other, stricter) in [
            (RiskLevel::Low, RiskLevel::High, RiskLevel::High),
            (RiskLevel::Imminent, RiskLevel::Medium, RiskLevel::Imminent),
            (RiskLevel::Medium, RiskLevel::Medium, RiskLevel::Medium),
        ] {
            assert_eq!((graver(one, other), graver(other, one)), (stricter, stricter));
        }
        for (one, other, firm) in [
            (TraffickingStatus::Unscreened, TraffickingStatus::Presumed, TraffickingStatus::Presumed),
            (TraffickingStatus::NotIdentified, TraffickingStatus::Possible, TraffickingStatus::Possible),
            (TraffickingStatus::FormallyIdentified, TraffickingStatus::NotIdentified, TraffickingStatus::FormallyIdentified),
        ] {
            assert_eq!((firmer(one, other), firmer(other, one)), (firm, firm));
        }
    }
}
